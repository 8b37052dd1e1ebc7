import { describe, expect, it, test } from 'vitest'
import { readEnvironment } from '../../../environment.ts'
import { gitEnvironment } from '../../../services/bootstrap/program/git.ts'
import { findRef } from '../../../services/bootstrap/program/target.ts'
import { sameRepository, withoutUserInfo } from '../../../services/bootstrap/repo-url.ts'
import { type BootstrapOptions, bootstrap, ordersOf } from '../../../services/bootstrap/service.ts'
import { wordIn, wordLine } from '../../../services/bootstrap/words.ts'

const url = 'https://example.org/chess.git'
const laptop: BootstrapOptions = {
  dir: '/home/me/podmate',
  venv: '/home/me/podmate/.venv',
  clone: true,
  pull: false,
  submodules: true,
  lfs: true,
  sync: false,
  force: false,
  timeoutMs: 1000,
  ownPaths: ['/home/me/podmate/.podmate', '/workspace/checkpoints'],
  env: {},
}

describe('bootstrap()', () => {
  it('is disabled, with what to set, when nothing was asked for', () => {
    expect(bootstrap(laptop).disabled).toMatch(
      /^REPO_URL is not set; set it, or set GIT_AUTO_PULL=1 or SYNC_/,
    )
  })

  it.each([{ url }, { pull: true }, { sync: true }])('is there when %o was asked for', (asked) => {
    expect(bootstrap({ ...laptop, ...asked }).disabled).toBeUndefined()
  })
})

test('ordersOf() tells the program which names in REPO_DIR are podmate’s own', () => {
  const [repo] = ordersOf(laptop)
  expect(repo.order).toMatchObject({ ours: ['.venv', '.podmate'] })
})

describe('the variables', () => {
  const accepted = (name: string, value: string) => readEnvironment({ [name]: value }).problems.length === 0

  it.each([
    url,
    'http://127.0.0.1:8080/a',
    'git://example.org/a.git',
    'file:///srv/a.git',
    'https://example.org/@scope/a',
  ])('REPO_URL may be %s', (value) => {
    expect(accepted('REPO_URL', value)).toBe(true)
  })

  it.each([
    'https://me:sesame-open@example.org/a.git',
    'https://ghp_0123456789@example.org/a.git',
    'https://example.org/a.git?token=sesame-open',
    'git@example.org:a.git',
    'ssh://example.org/a.git',
    'ext::sh -c id',
    '--upload-pack=id',
    '/srv/a.git',
  ])('REPO_URL may not be %s, and the message does not show it', (value) => {
    const { problems, values } = readEnvironment({ REPO_URL: value })
    expect(values.bootstrap).toBeUndefined()
    expect(problems.map(({ message }) => message)).toEqual([
      'REPO_URL must be the http, https, git or file address of a public repository, without user, password or query; correct it, or unset it (then: nothing is cloned)',
    ])
  })

  it.each(['main', 'feature/x-1', 'v1.2', '0123abc'])('REPO_REF may be %s', (value) => {
    expect(accepted('REPO_REF', value)).toBe(true)
  })

  it.each(['-x', '--upload-pack=id', 'a..b', 'a b', 'a/', 'x.lock', 'a:b', '*', 'a@{1}'])(
    'REPO_REF may not be %s',
    (value) => {
      expect(accepted('REPO_REF', value)).toBe(false)
    },
  )
})

test('gitEnvironment() lets nothing in that would send git elsewhere or make it ask', () => {
  const given = {
    PATH: '/bin',
    GIT_DIR: '/x',
    GIT_SSH_COMMAND: 'x',
    SSH_ASKPASS: 'x',
    GIT_SSL_CAINFO: '/ca',
    LC_ALL: 'de',
  }
  expect(gitEnvironment(given, '/srv/repo')).toEqual({
    ...{ PATH: '/bin', GIT_SSL_CAINFO: '/ca', LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' },
    ...{ GIT_ALLOW_PROTOCOL: 'file:git:http:https', GIT_CEILING_DIRECTORIES: '/srv' },
  })
})

test('findRef() takes exact names only, a branch before a tag before a commit', () => {
  const listing = 'a1\trefs/heads/x/main\nb2\trefs/tags/main\nc3\trefs/heads/both\nd4\trefs/tags/both'
  expect(findRef(listing, 'main')).toEqual({ type: 'tag', name: 'main' })
  expect(findRef(listing, 'both')).toEqual({ type: 'branch', name: 'both' })
  expect(findRef('', 'deadbeef')).toEqual({ type: 'commit', name: 'deadbeef' })
  expect(findRef('', 'nothing')).toBeUndefined()
})

test.each([
  [url, 'https://example.org/chess', true],
  [url, 'https://me@EXAMPLE.org/chess.git/', true],
  [url, 'git@example.org:chess.git', true],
  [url, 'ssh://git@example.org:22/chess', true],
  [url, 'https://example.org/go.git', false],
  [url, 'https://example.com/chess.git', false],
  ['file:///srv/a', 'file:///srv/a.git', true],
])('sameRepository() of %s and %s is %s', (one, other, same) => {
  expect(sameRepository(one, other)).toBe(same)
})

test('withoutUserInfo() takes user and password out of every address', () => {
  expect(withoutUserInfo('a https://me:x@h/p@q and git://t@h')).toBe('a https://h/p@q and git://h')
})

test('wordIn() reads what wordLine() wrote, and nothing that a tool could print', () => {
  const word = { type: 'failed', sentence: 'line\nbreak' } as const
  expect(wordIn(wordLine(word))).toEqual(word)
  expect(wordIn(`pip: ${wordLine(word)}`)).toBeUndefined()
  expect(wordIn('@bootstrap {"type":"said"')).toBeUndefined()
})
