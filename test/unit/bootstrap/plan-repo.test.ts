import { describe, expect, it, test } from 'vitest'
import type { RepoOrder } from '../../../services/bootstrap/orders.ts'
import { type RepoLook, readStatus } from '../../../services/bootstrap/program/look-at-repo.ts'
import { planRepo } from '../../../services/bootstrap/program/plan-repo.ts'

const url = 'https://example.org/chess.git'
const order: RepoOrder = {
  dir: '/repo',
  url,
  clone: true,
  pull: true,
  submodules: true,
  lfs: true,
  requirementsFile: 'requirements.txt',
  ours: [],
  retryMs: 1,
}
const { url: _, ...withoutUrl } = order
const clean: RepoLook = { type: 'checkout', branch: 'main', commit: 'abc', url, changes: [] }

describe('planRepo()', () => {
  it.each<[string, RepoLook, RepoOrder, unknown]>([
    ['clones into a missing folder', { type: 'missing' }, order, { do: 'clone', url }],
    ['clones into an empty folder', { type: 'empty' }, order, { do: 'clone', url }],
    ['begins half a clone again', { type: 'half-clone', complete: false }, order, { do: 'clone', url }],
    ['finishes a whole one', { type: 'half-clone', complete: true }, withoutUrl, { do: 'finish-clone' }],
    [
      'clones nothing without REPO_URL',
      { type: 'empty' },
      withoutUrl,
      { do: 'nothing', why: 'REPO_URL is not set' },
    ],
    [
      'clones nothing when it is told not to',
      { type: 'missing' },
      { ...order, clone: false },
      { do: 'nothing', why: 'CLONE_REPO_ON_START is 0' },
    ],
    ['pulls a clean checkout', clean, order, { do: 'pull', source: url }],
    ['pulls from origin without REPO_URL', clean, withoutUrl, { do: 'pull', source: url }],
    [
      'pulls by REPO_URL what was cloned with a key',
      { ...clean, url: 'git@example.org:chess.git' },
      order,
      { do: 'pull', source: url },
    ],
    [
      'does not pull when it is told not to',
      clean,
      { ...order, pull: false },
      { do: 'nothing', why: 'GIT_AUTO_PULL is 0' },
    ],
    ['uses a mounted tree as it is', { type: 'mounted' }, order, { do: 'nothing', why: expect.any(String) }],
    [
      'leaves foreign files',
      { type: 'foreign', entries: ['a'] },
      order,
      { do: 'leave', why: expect.any(String) },
    ],
    ['leaves a broken .git', { type: 'damaged' }, order, { do: 'leave', why: expect.any(String) }],
    ['leaves local changes', { ...clean, changes: ['a'] }, order, { do: 'leave', why: expect.any(String) }],
    [
      'leaves another repository, pulled or not',
      { ...clean, url: 'https://example.org/go.git' },
      { ...order, pull: false },
      { do: 'leave', why: expect.stringContaining('not of REPO_URL') },
    ],
  ])('%s', (_name, look, given, expected) => {
    expect(planRepo(look, given)).toEqual(expected)
  })
})

test('readStatus() reads branch, commit and changed files, whatever their names', () => {
  const fields = [
    '# branch.oid abc',
    '# branch.head main',
    '1 .M N... 100644 100644 100644 abc abc with space.py',
    '2 R. N... 100644 100644 100644 abc abc R100 new.py',
    'old.py',
    'u UU N... 100644 100644 100644 100644 abc abc abc both.py',
    '',
  ]
  expect(readStatus(fields.join('\0'))).toEqual({
    branch: 'main',
    commit: 'abc',
    changes: ['with space.py', 'new.py', 'both.py'],
  })
  expect(readStatus('# branch.oid (initial)\0# branch.head (detached)\0')).toEqual({ changes: [] })
})
