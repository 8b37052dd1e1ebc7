import { describe, expect, onTestFinished, test } from 'vitest'
import { createMoney, type MoneyOptions } from '../../../../services/autostop/money/money.ts'
import type { PodFacts } from '../../../../services/autostop/money/settle-gaps.ts'
import { FakeVolume, SimulatedPod, second } from '../../../fixtures/autostop/simulated-pod.ts'

const hour = 3600 * second
const timings = { openAgainMs: 5, askAgainMs: 5, askLaterMs: 60_000, askLimitMs: 5000 }

/** Money of a simulated pod, running until the test ends. */
function moneyOf(options: Partial<MoneyOptions> = {}, pod = new SimulatedPod()) {
  const money = createMoney({
    ...{ store: pod.volume, clock: pod.clock, costPerHour: undefined, budgetUsd: undefined, timings },
    ...options,
  })
  const stop = new AbortController()
  const ended = money.run(stop.signal)
  const end = async () => {
    stop.abort()
    await ended
  }
  onTestFinished(end)
  const texts = (ms: number) => {
    pod.pass(ms)
    return money.tick(0, pod.now().wallMs).map(({ level, text }) => `${level}: ${text}`)
  }
  return { money, pod, texts, end }
}

/** When the ledger was read. */
async function opened({ money }: ReturnType<typeof moneyOf>): Promise<void> {
  await expect.poll(() => money.cost(0).problem ?? '').not.toContain('cannot be read')
}

describe('createMoney()', () => {
  test('createMoney() tells each threshold once, with what is left', async () => {
    const kept = moneyOf({ costPerHour: 2, budgetUsd: 10 })
    await opened(kept)
    expect(kept.texts(3.9 * hour)).toEqual([])
    expect(kept.texts(0.1 * hour)).toEqual([
      'warn: 80 % of the budget is spent, $8.00 of $10.00 (BUDGET_USD): at $2.00 an hour the rest lasts 1 h.',
    ])
    expect(kept.texts(0.4 * hour)).toEqual([])
    expect(kept.texts(0.1 * hour)[0]).toContain('90 % of the budget is spent')
    expect(kept.texts(0.5 * hour)).toEqual([
      'error: The budget is spent, $10.00 of $10.00 (BUDGET_USD): `podctl why` says when the pod stops.',
    ])
    expect(kept.texts(hour)).toEqual([])
  })

  test('createMoney() tells no threshold again after a restart, and all of them for another budget', async () => {
    const first = moneyOf({ costPerHour: 2, budgetUsd: 10 })
    await opened(first)
    expect(first.texts(4.6 * hour)).toHaveLength(2)
    await first.end()
    const second = moneyOf({ costPerHour: 2, budgetUsd: 10 }, first.pod)
    await opened(second)
    expect(second.texts(1)).toEqual([])
    expect(second.texts(0.4 * hour)).toHaveLength(1)
    await second.end()
    const third = moneyOf({ costPerHour: 2, budgetUsd: 12 }, first.pod)
    await opened(third)
    expect(third.texts(1)[0]).toContain('80 % of the budget is spent, $10.00 of $12.00')
  })

  test('createMoney() tells no threshold while it does not know what was told before', async () => {
    const pod = new SimulatedPod()
    pod.volume.away = true
    const kept = moneyOf({ costPerHour: 2, budgetUsd: 1 }, pod)
    expect(kept.texts(hour)).toEqual([])
    expect(kept.money.cost(0).problem).toContain('what was spent before this start is missing')
    expect(kept.money.spent()).toEqual({ usd: 2, rate: 2 })
    pod.volume.away = false
    await opened(kept)
    expect(kept.texts(1)).toHaveLength(3)
  })

  test.each([
    ['garbage\nmore of it\n', 1],
    ['\0\0\0\0', 1],
    ['', 0],
    ['{"boot":"ha', 0],
  ])('createMoney() of the ledger %j tells of damage %d times', async (text, times) => {
    const pod = new SimulatedPod()
    pod.volume.text = text
    const kept = moneyOf({ costPerHour: 2, budgetUsd: 100 }, pod)
    await opened(kept)
    const told = [...kept.texts(1), ...kept.texts(1)].filter((notice) => notice.includes('is damaged'))
    expect(told).toHaveLength(times)
    expect(kept.money.cost(0).problem?.includes('take it off BUDGET_USD') ?? false).toBe(times === 1)
  })

  test('createMoney() says what to set when nothing tells a rate, and claims no budget', async () => {
    const kept = moneyOf({ budgetUsd: 10, askPlatform: async () => undefined })
    await expect.poll(() => kept.money.cost(0).problem).toContain('set POD_COST_PER_HR')
    await expect
      .poll(() => kept.texts(1))
      .toEqual([
        'error: BUDGET_USD is set, but nothing tells what this pod costs, so no budget can be kept: set POD_COST_PER_HR to US dollars per hour.',
      ])
    expect(kept.texts(hour)).toEqual([])
    expect(kept.money.spent()).toBeUndefined()
    expect(kept.money.cost(0)).toMatchObject({ spentUsd: undefined, budgetEndsAt: undefined })
  })

  test.each<[string, PodFacts | Error]>([
    ['fails', new Error('the API does not answer')],
    ['says 0, as for a pod that it takes for stopped', { costPerHour: 0 }],
  ])('createMoney() uses the last known rate when the platform %s', async (_name, answer) => {
    const first = moneyOf({ askPlatform: async () => ({ costPerHour: 0.69, run: 'a', ranMs: 0 }) })
    await expect.poll(() => first.money.cost(0).rateSource).toBe('RunPod')
    first.texts(hour)
    await first.end()
    const ask = async () => {
      if (answer instanceof Error) throw answer
      return answer
    }
    const next = moneyOf({ askPlatform: ask, budgetUsd: 10 }, first.pod)
    await expect.poll(() => next.money.cost(0).rateSource).toBe('last known rate')
    expect(next.money.cost(0).problem).toContain('set POD_COST_PER_HR to be sure')
    next.texts(hour)
    expect(next.money.spent()?.usd).toBeCloseTo(1.38, 6)
  })

  test('createMoney() shows what is spent, what a day costs and when the budget ends', async () => {
    const kept = moneyOf({ costPerHour: 0.69, budgetUsd: 10 })
    await opened(kept)
    kept.texts(2 * hour)
    expect(kept.money.cost(1000)).toEqual({
      spentUsd: expect.closeTo(1.38, 9),
      ...{ rateUsdPerHour: 0.69, rateSource: 'POD_COST_PER_HR', budgetUsd: 10, problem: undefined },
      budgetEndsAt: Math.round(1000 + ((10 - 1.38) / 0.69) * hour),
      projectedUsd24h: expect.closeTo(16.56, 9),
    })
  })

  test('createMoney() tells once when the training will cost more than there is', async () => {
    const progress = {
      jobId: 'job-1',
      first: { atMs: -hour, fraction: 0.4 },
      last: { atMs: 0, fraction: 0.7 },
    }
    const kept = moneyOf({ costPerHour: 5, budgetUsd: 10, jobProgress: () => progress })
    await opened(kept)
    expect(kept.texts(1)).toEqual([])
    progress.last.fraction = 0.5
    expect(kept.texts(1)).toEqual([
      'warn: At its pace so far the training job-1 is done when $25.00 are spent, and the budget of $10.00 (BUDGET_USD) ends before that.',
    ])
    expect(kept.texts(1)).toEqual([])
  })

  test('createMoney() says how long this run has lasted and when its container began', async () => {
    const kept = moneyOf({ costPerHour: 1 })
    await opened(kept)
    kept.texts(600 * second)
    expect(kept.money.lifetimeMs()).toBe(600 * second)
    expect(kept.money.bootMs(5000)).toBe(5000 - 600 * second)
  })

  test('createMoney() leaves an absent volume alone when it ends', async () => {
    const volume = new FakeVolume()
    volume.away = true
    const kept = moneyOf({ store: volume, costPerHour: 1 })
    await kept.end()
    expect(volume.writes).toBe(0)
  })
})
