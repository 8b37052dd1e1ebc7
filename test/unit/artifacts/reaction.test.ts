import { describe, expect, test } from 'vitest'
import { HubProblem } from '../../../services/artifacts/uploader/hub/hub-problem.ts'
import { asProblem, reactionTo } from '../../../services/artifacts/uploader/reaction.ts'

const later = new HubProblem('retry-later', 'busy')

describe('reactionTo()', () => {
  test('waits longer and longer, but never more than five minutes', () => {
    const waits = [1, 2, 3, 20, 5000].map((failures) => reactionTo(later, failures, 1, 1))
    expect(waits.map((wait) => wait.type === 'wait' && wait.ms)).toEqual([
      4000, 8000, 16_000, 300_000, 300_000,
    ])
  })

  test('spreads its waits, and never comes back at once', () => {
    expect(reactionTo(later, 1, 1, 0)).toEqual({ type: 'wait', ms: 1000, forUser: false })
  })

  test('waits as long as the Hub says', () => {
    const told = new HubProblem('retry-later', 'busy', { retryAfterMs: 400_000 })
    expect(reactionTo(told, 1, 1, 1)).toMatchObject({ ms: 400_000 })
  })

  test.for(['auth', 'not-found', 'quota'] as const)('waits for the user where it is %s', (kind) => {
    expect(reactionTo(new HubProblem(kind, 'no'), 1, 5, 0)).toEqual({
      type: 'wait',
      ms: 600_000,
      forUser: true,
    })
  })

  test.for(['too-large', 'bad-request'] as const)('tries fewer files where it is %s', (kind) => {
    expect(reactionTo(new HubProblem(kind, 'no'), 1, 5, 0)).toEqual({ type: 'fewer-files' })
    expect(reactionTo(new HubProblem(kind, 'no'), 1, 0, 0)).toMatchObject({ type: 'wait', forUser: true })
  })

  test('lists again after a conflict, and waits after many', () => {
    const conflict = new HubProblem('conflict', 'somebody else')
    expect(reactionTo(conflict, 5, 1, 0)).toEqual({ type: 'list-again' })
    expect(reactionTo(conflict, 6, 1, 0)).toMatchObject({ type: 'wait', forUser: false })
  })

  test('looks again at a file that changed', () => {
    const changed = new HubProblem('changed-file', 'moved', { path: '/a.pt' })
    expect(reactionTo(changed, 1, 1, 0)).toEqual({ type: 'look-again', path: '/a.pt' })
  })
})

test('asProblem() takes an unknown error for one that may pass', () => {
  expect(asProblem(new TypeError('what?'))).toMatchObject({ kind: 'retry-later', message: 'what?' })
  expect(asProblem(later)).toBe(later)
})
