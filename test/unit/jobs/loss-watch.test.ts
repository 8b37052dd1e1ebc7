import { describe, expect, test } from 'vitest'
import { judgeLoss, type LossMemory, noLossYet } from '../../../services/jobs/loss-watch.ts'

/** What is told while these losses come, by step. */
function told(losses: readonly number[]): readonly (readonly [number, string])[] {
  const alerts: (readonly [number, string])[] = []
  let memory: LossMemory = noLossYet
  losses.forEach((loss, step) => {
    const judgement = judgeLoss(memory, step, loss)
    memory = judgement.memory
    if (judgement.alert !== undefined) alerts.push([step, judgement.alert])
  })
  return alerts
}

const falling = Array.from({ length: 500 }, (_, step) => 5 / Math.sqrt(step + 1) + ((step * 37) % 10) / 20)

describe('judgeLoss()', () => {
  test('is silent while a noisy loss falls', () => {
    expect(told(falling)).toEqual([])
  })

  test('tells of a spike once, also when the loss stays up there', () => {
    const spike = [...falling, ...Array.from({ length: 100 }, () => 40)]
    expect(told(spike)).toEqual([
      [500, expect.stringMatching(/^the loss jumped to 40 at step 500; it was about 0\.\d+$/)],
    ])
  })

  test('tells of each loss of the number, not of each point without one', () => {
    const lost = [3, Number.NaN, Number.POSITIVE_INFINITY, 3, Number.NaN]
    expect(told(lost).map(([step]) => step)).toEqual([1, 4])
    expect(told(lost)[0]?.[1]).toMatch(/not a number any more, at step 1: look at the learning rate/)
  })

  test('takes nothing for a spike at the beginning', () => {
    expect(told([0.1, 8, 0.1, 9])).toEqual([])
  })
})
