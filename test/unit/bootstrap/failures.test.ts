import { describe, expect, it, test } from 'vitest'
import { gitFailure } from '../../../services/bootstrap/program/git-failure.ts'
import { pipFailure } from '../../../services/bootstrap/program/pip-failure.ts'
import { systemFailure } from '../../../services/bootstrap/program/system-failure.ts'

const words = 'exit 128'

describe('gitFailure()', () => {
  it.each([
    ["fatal: unable to access 'http://h/': Could not resolve host: h", 'unreachable'],
    ["fatal: unable to access 'http://h/': The requested URL returned error: 503", 'unreachable'],
    ["fatal: unable to access 'http://h/': The requested URL returned error: 429", 'unreachable'],
    ["fatal: unable to access 'http://h/': The requested URL returned error: 403", 'notARepository'],
    ["fatal: could not read Username for 'https://h': terminal prompts disabled", 'notARepository'],
    ["fatal: repository 'https://h/a/' not found", 'notARepository'],
    ["fatal: transport 'ext' not allowed", 'notARepository'],
    ["fatal: couldn't find remote ref refs/heads/x", 'refMissing'],
    ['fatal: write error: No space left on device\nfatal: fetch-pack: invalid index-pack output', 'diskFull'],
    [
      "error: insufficient permission\nfatal: could not create work tree dir 'a': Permission denied",
      'notAllowed',
    ],
    ["fatal: detected dubious ownership in repository at '/o.git'", 'notAllowed'],
    ['fatal: something new', 'gitFailed'],
    ['', 'gitFailed'],
  ])('knows %j as %s', (stderr, kind) => {
    expect(gitFailure('clone', { words, stderr })).toMatchObject({ kind })
  })

  it('keeps git’s exit code and words, without a password', () => {
    const stderr =
      "warning: x\nfatal: unable to access 'https://me:sesame@h/a.git/': Could not resolve host: h"
    expect(gitFailure('fetch', { words, stderr }).message).toBe(
      "REPO_URL could not be reached; look at the address and at the network (git fetch, exit 128: fatal: unable to access 'https://h/a.git/': Could not resolve host: h)",
    )
  })
})

describe('pipFailure()', () => {
  const failure = (stderr: string) =>
    pipFailure('/repo/requirements.txt', { ok: false, words: 'exit 1', stdout: '', stderr })

  it.each([
    [
      'ERROR: Could not find a version that satisfies the requirement a==9 (from versions: 1)\nERROR: No matching distribution found for a==9',
      'a==9',
    ],
    ['ERROR: No matching distribution found for b>2 (from -r /r.txt (line 3))', 'b>2'],
    [
      'ERROR: Cannot install c==1 and d==2 because these package versions have conflicting dependencies.',
      'c==1 and d==2',
    ],
    ["ERROR: Invalid requirement: 'e = 1': Expected end", 'e = 1'],
    ["ERROR: Failed to build 'f' when getting requirements to build wheel", 'f'],
    ['ERROR: Failed to build installable wheels for some pyproject.toml based projects (g)', 'g'],
    ['  ERROR: Failed building wheel for h', 'h'],
  ])('names the requirement in %j', (stderr, name) => {
    expect(failure(stderr).message).toContain(`pip could not install ${name} of /repo/requirements.txt; `)
  })

  it('tells a full volume and a missing pip from a requirement', () => {
    expect(failure('ERROR: [Errno 28] No space left on device').kind).toBe('diskFull')
    expect(failure('/v/bin/python: No module named pip').message).toContain('has no pip')
  })
})

test('systemFailure() names the variable, and leaves faults of our own alone', () => {
  const error = Object.assign(new Error('EROFS: read-only'), { code: 'EROFS' })
  expect(systemFailure(error, 'repo')?.message).toMatch(/^REPO_DIR: its volume is read-only/)
  expect(systemFailure(error, 'requirements')?.message).toMatch(/^VENV_DIR: its volume is read-only/)
  expect(systemFailure(new TypeError('x is not a function'), 'repo')).toBeUndefined()
})
