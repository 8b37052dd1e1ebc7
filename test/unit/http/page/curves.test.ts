import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pageModule } from '../../../fixtures/page/page-module.ts'

const { smooth } = await pageModule('training/smooth.js')
const { chartData } = await pageModule('training/chart-data.js')
const { chartsOf, drawableKeys } = await pageModule('training/keys.js')

test('smooth() keeps gaps, constants and bounds', () => {
  expect(smooth([1, null, 1, 1], 0.9)).toEqual([1, null, expect.closeTo(1), expect.closeTo(1)])
  expect(smooth([1, 5, 2], 0)).toEqual([1, 5, 2])
  const values = fc.array(fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true })), { minLength: 1 })
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 0.99, noNaN: true }), (list, weight) => {
      const known = list.filter((value) => value !== null)
      const slack = 1e-6 * Math.max(1, ...known.map(Math.abs))
      for (const [place, value] of (smooth(list, weight) as (number | null)[]).entries()) {
        expect(value === null).toBe(list[place] === null)
        if (value === null) continue
        expect(value).toBeGreaterThanOrEqual(Math.min(...known) - slack)
        expect(value).toBeLessThanOrEqual(Math.max(...known) + slack)
      }
    }),
  )
})

test('chartData() lays runs with other steps over each other, raw values behind smooth ones', () => {
  const points = (steps: readonly number[]) =>
    steps.map((step) => ({ step, loss: step, eval_loss: step === 4 ? 9 : null }))
  const runs = [
    { id: 'a', label: 'a', colour: 0, points: points([1, 2, 4]) },
    { id: 'b', label: 'b', colour: 1, points: points([2, 3]) },
  ]
  const { steps, curves, values } = chartData(runs, ['loss', 'eval_loss'], 0)
  expect(steps).toEqual([1, 2, 3, 4])
  expect(curves.map(({ label }: { label: string }) => label)).toEqual(['a loss', 'a eval_loss', 'b loss'])
  expect(values).toEqual([
    [1, 2, null, 4],
    [null, null, null, 9],
    [null, 2, 3, null],
  ])
  const smoothed = chartData(runs, ['loss'], 0.5).curves
  expect(smoothed.map(({ label, isFaint }: { label: string; isFaint: boolean }) => [label, isFaint])).toEqual(
    [
      ['a loss', true],
      ['a loss', false],
      ['b loss', false],
    ],
  )
})

test('drawableKeys() and chartsOf() put losses first and together', () => {
  const keys = drawableKeys([
    [{ step: 1, timestamp: 5, grad_norm: 1, loss: 2, epoch: 0, text: 'x' }],
    [{ step: 1, eval_loss: 1 }],
  ])
  expect(keys).toEqual(['loss', 'eval_loss', 'grad_norm'])
  expect(chartsOf(keys)).toEqual([['loss', 'eval_loss'], ['grad_norm']])
})
