import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planRuns } from '../../../services/inference/model-host/lstm/plan-runs.ts'

const plan = (steps: readonly number[]) => planRuns(steps, (one) => one)

test.each([
  [[20], [[20]]],
  [[20, 20, 20, 20], [[20, 20, 20, 20]]],
  [[20, 19, 21, 18], [[18, 19, 20, 21]]],
  [[2, 0, 1, 2], [[0, 1, 2, 2]]],
  [
    [80, 1],
    [[1], [80]],
  ],
  [
    [1, 80, 2, 79, 2, 80, 1],
    [
      [1, 1, 2, 2],
      [79, 80, 80],
    ],
  ],
  [[], []],
])('planRuns(%j) pads only where that costs less than another run', (steps, runs) => {
  expect(plan(steps)).toEqual(runs)
})

test('planRuns() keeps every row once, and never costs more than all rows together or each alone', () => {
  const cost = (runs: readonly (readonly number[])[]) =>
    runs.reduce((sum, run) => sum + 8 + Math.max(...run) * (4 + run.length), 0)
  fc.assert(
    fc.property(fc.array(fc.nat(300), { minLength: 1, maxLength: 16 }), (steps) => {
      const runs = plan(steps)
      expect(runs.flat()).toEqual(steps.toSorted((left, right) => left - right))
      expect(cost(runs)).toBeLessThanOrEqual(cost([steps]))
      expect(cost(runs)).toBeLessThanOrEqual(cost(steps.map((one) => [one])))
    }),
  )
})
