import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { planRequirements } from '../../../services/bootstrap/program/plan-requirements.ts'
import { includedFiles, requirementsHash } from '../../../services/bootstrap/program/requirement-files.ts'
import { pipEnvironment } from '../../../services/bootstrap/program/sync-requirements.ts'
import { writeFiles } from '../../fixtures/bootstrap/origin.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

test('includedFiles() finds every way to name a file, and no address', () => {
  const text =
    '-r a.txt\n-rb.txt\n  --requirement c.txt\n--constraint=d.txt\n-c https://h/e.txt\ntorch\n# -r f.txt\n'
  expect(includedFiles(text)).toEqual(['a.txt', 'b.txt', 'c.txt', 'd.txt'])
})

describe('requirementsHash()', () => {
  const files = {
    'r.txt': '-r sub/a.txt\ntorch\n',
    'sub/a.txt': '-r b.txt\n',
    'sub/b.txt': '-r ../r.txt\nnumpy\n',
  }
  const hashOf = (folder: string, python = '3.11', venv = '/venv') =>
    requirementsHash({ file: join(folder, 'r.txt'), folder, python, venv })

  it('follows includes relative to their own file, and a circle of them once', () => {
    const folder = temporaryFolder()
    writeFiles(folder, files)
    const before = hashOf(folder)
    expect(before).toMatch(/^[0-9a-f]{64}$/)
    expect(hashOf(folder)).toBe(before)
    writeFiles(folder, { 'sub/b.txt': 'numpy==2\n' })
    expect(hashOf(folder)).not.toBe(before)
  })

  it('differs by Python and by place, and does not mind a missing include', () => {
    const folder = temporaryFolder()
    writeFiles(folder, { 'r.txt': '-r absent.txt\n' })
    const all = [hashOf(folder), hashOf(folder, '3.12'), hashOf(folder, '3.11', '/other')]
    expect(new Set(all).size).toBe(3)
  })

  it.each<[string, Record<string, string>, Record<string, string>, boolean]>([
    ['a module of a package', { 'r.txt': './mylib' }, { 'mylib/mylib/__init__.py': 'V=2' }, true],
    [
      'a module, named as a file',
      { 'r.txt': 'mylib[all] @ file:./mylib' },
      { 'mylib/mylib/__init__.py': 'V=2' },
      true,
    ],
    [
      'a module, of an include',
      { 'r.txt': '-r sub/r.txt', 'sub/r.txt': './mylib ; python_version > "3"' },
      { 'mylib/a.py': '' },
      true,
    ],
    ['the declaration of an editable one', { 'r.txt': '-e .' }, { 'pyproject.toml': '[project]' }, true],
    [
      'the code to build of an editable one',
      { 'r.txt': '--editable=./mylib' },
      { 'mylib/src/fast.pyx': '' },
      true,
    ],
    [
      'what an editable one declares',
      { 'r.txt': '-e .', 'pyproject.toml': 'dependencies = ["mylib @ file:mylib"]' },
      { 'mylib/a.py': '' },
      true,
    ],
    [
      'a module of an editable one, which runs where it lies',
      { 'r.txt': '-e ./mylib' },
      { 'mylib/mylib/__init__.py': 'V=2' },
      false,
    ],
    [
      'what pip itself leaves in a package',
      { 'r.txt': './mylib' },
      { 'mylib/mylib.egg-info/PKG-INFO': '', 'mylib/build/a.py': '' },
      false,
    ],
    ['a package that is not named', { 'r.txt': 'torch' }, { 'mylib/mylib/__init__.py': 'V=2' }, false],
    [
      'a folder with the name of a package of the index',
      { 'r.txt': 'mylib' },
      { 'mylib/mylib/__init__.py': 'V=2' },
      false,
    ],
  ])('changes with %s, or not', (_what, first, then, changes) => {
    const folder = temporaryFolder()
    writeFiles(folder, { 'mylib/pyproject.toml': '[project]', 'mylib/mylib/__init__.py': 'V=1', ...first })
    const before = hashOf(folder)
    writeFiles(folder, then)
    expect(hashOf(folder) !== before).toBe(changes)
  })
})

test('planRequirements() installs what is new, changed or forced, and nothing else', () => {
  const step = (stamp: string | undefined, force: boolean) => planRequirements({ hash: 'a', stamp, force }).do
  expect([step(undefined, false), step('b', false), step('a', true)]).toEqual([
    'install',
    'install',
    'install',
  ])
  expect(step('a', false)).toBe('nothing')
})

test('pipEnvironment() keeps pip in the venv, quiet and without questions', () => {
  const env = { PATH: '/bin', PYTHONHOME: '/x', PIP_TARGET: '/x', PIP_USER: '1', OMP_NUM_THREADS: '4' }
  const result = pipEnvironment(env, '/venv')
  expect(result).toMatchObject({
    ...{ PATH: '/venv/bin:/bin', OMP_NUM_THREADS: '4', PIP_USER: '0', PIP_NO_INPUT: '1' },
    ...{ PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_PROGRESS_BAR: 'off' },
  })
  expect(Object.keys(result)).not.toContain('PYTHONHOME')
  expect(Object.keys(result)).not.toContain('PIP_TARGET')
})
