import { describe, expect, test } from 'vitest'
import { isGood, type Outcome, summary, together, withoutExcuses } from '../../../scripts/test/outcome.ts'

const outcome = (more: Partial<Outcome> = {}): Outcome => ({
  passed: 3,
  failed: [],
  skipped: [],
  flaky: [],
  ...more,
})
const missing = { name: 'state() hangs', reason: 'bindfs is not installed' }
const impossible = { name: 'state() is full', reason: 'cannot be installed: this container may not mount' }

describe('summary()', () => {
  test('ends with the plain count, after the skipped with their reasons, the flaky and the failed', () => {
    const flaky = [{ name: 'b stumbles', error: 'expected 1 to be 2' }]
    expect(summary(outcome({ failed: ['a fails'], skipped: [missing], flaky })).split('\n')).toEqual([
      '',
      'skipped: state() hangs: bindfs is not installed',
      'flaky, failed at first: b stumbles: expected 1 to be 2',
      'failed: a fails',
      '3 passed, 1 failed, 1 skipped',
    ])
  })

  test('says when nothing was executed', () => {
    expect(summary(outcome({ passed: 0, skipped: [missing] }))).toContain('no test was executed')
  })
})

describe('isGood()', () => {
  test.each([
    [outcome(), true],
    [outcome({ skipped: [missing] }), true],
    [outcome({ failed: ['a'] }), false],
    [outcome({ passed: 0 }), false],
  ])('for %j is %j', (what, good) => expect(isGood(what)).toBe(good))
})

test('withoutExcuses() counts a skip as failed unless nothing could be installed against it', () => {
  const strict = withoutExcuses(outcome({ skipped: [missing, impossible] }))
  expect(strict).toEqual(
    outcome({ failed: ['state() hangs (skipped: bindfs is not installed)'], skipped: [impossible] }),
  )
})

test('together() adds up', () => {
  const flaky = [{ name: 'b', error: 'no' }]
  const both = together([outcome({ failed: ['a'], flaky }), outcome({ passed: 2, skipped: [missing] })])
  expect(both).toEqual({ passed: 5, failed: ['a'], skipped: [missing], flaky })
})
