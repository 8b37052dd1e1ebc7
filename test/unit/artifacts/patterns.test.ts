import { describe, expect, test } from 'vitest'
import { patternMatcher } from '../../../services/artifacts/uploader/patterns.ts'

/** What Python's fnmatch says of the relative path or the bare name. */
const asInPython = [
  ['*.pt', 'a.pt', true],
  ['*.pt', 'run/a.pt', true],
  ['run/*.pt', 'run/deep/a.pt', true],
  ['run/*.pt', 'other/a.pt', false],
  ['a?c.json', 'abc.json', true],
  ['a?c.json', 'a/c.json', true],
  ['[a-c]*.pt', 'b.pt', true],
  ['[!a-c]*.pt', 'b.pt', false],
  ['[!a-c]*.pt', 'd.pt', true],
  ['[]x]*', ']a', true],
  ['a[.pt', 'a[.pt', true],
  ['*.PT', 'a.pt', false],
  ['*', 'deep/any thing.json', true],
  ['a.b', 'axb', false],
  ['[c-a]*', 'b', false],
  ['[!c-a]x', 'bx', true],
  ['{a,b}.pt', 'a.pt', false],
  ['best(1).pt', 'best(1).pt', true],
  ['[a-]x', '-x', true],
  ['[^a]x', '^x', true],
  ['model', 'model', true],
] as const

describe('patternMatcher()', () => {
  test.for(asInPython)('says of %s and %s what fnmatch says: %s', ([pattern, path, expected]) => {
    expect(patternMatcher([pattern])(path)).toBe(expected)
  })

  test('lets **/ stand for no folder, too', () => {
    const matches = patternMatcher(['**/best.pt'])
    expect([matches('best.pt'), matches('a/b/best.pt'), matches('a/worst.pt')]).toEqual([true, true, false])
  })

  test('takes out what ! names, wherever it stands', () => {
    const matches = patternMatcher(['!optimizer*', '*.pt'])
    expect([matches('a/model.pt'), matches('a/optimizer.pt')]).toEqual([true, false])
  })

  test('matches nothing without patterns', () => {
    expect(patternMatcher([])('a.pt')).toBe(false)
  })
})
