import { expect, test } from 'vitest'
import { type JobProgress, withProgress } from '../../../services/jobs/job-progress.ts'

const told = (...reports: readonly (readonly [percent: number, atMs: number])[]) =>
  reports.reduce<JobProgress | undefined>(
    (known, [percent, atMs]) => withProgress(known, percent, atMs),
    undefined,
  )

test('withProgress() keeps the first and the last report', () => {
  expect(told([1, 100], [3, 200], [4, 300])).toEqual({
    first: { atMs: 100, fraction: 0.01 },
    last: { atMs: 300, fraction: 0.04 },
  })
})

test('withProgress() begins anew when a training goes back', () => {
  expect(told([50, 100], [60, 200], [5, 300])).toEqual({
    first: { atMs: 300, fraction: 0.05 },
    last: { atMs: 300, fraction: 0.05 },
  })
})

test.each([-1, 101, Number.NaN, Number.POSITIVE_INFINITY])(
  'withProgress() passes over %s percent',
  (percent) => {
    expect(told([50, 100], [percent, 200])).toEqual(told([50, 100]))
  },
)
