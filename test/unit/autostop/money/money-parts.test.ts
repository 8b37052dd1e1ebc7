import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { machineClock } from '../../../../services/autostop/money/boot-clock.ts'
import { jobEndsMs, spentAtJobEnd } from '../../../../services/autostop/money/job-projection.ts'
import { rateFrom } from '../../../../services/autostop/money/rate.ts'
import { crossed } from '../../../../services/autostop/money/thresholds.ts'

describe('crossed()', () => {
  test.each([
    [7.99, undefined, []],
    [8, undefined, [80]],
    [8, { budgetUsd: 10, percent: 80 }, []],
    [9.5, { budgetUsd: 10, percent: 80 }, [90]],
    [25, undefined, [80, 90, 100]],
    [25, { budgetUsd: 10, percent: 100 }, []],
    [9, { budgetUsd: 5, percent: 100 }, [80, 90]],
  ])('crossed() of %f of 10 dollars, told %o, is %o', (usd, told, percents) => {
    expect(crossed(usd, 10, told)).toEqual(percents)
  })
})

describe('rateFrom()', () => {
  test.each([
    [1, 2, 3, { usdPerHour: 1, source: 'POD_COST_PER_HR' }],
    [undefined, 2, 3, { usdPerHour: 2, source: 'RunPod' }],
    [undefined, 0, 3, { usdPerHour: 3, source: 'last known rate' }],
    [undefined, Number.NaN, undefined, undefined],
  ])('rateFrom() of %o, %o and %o is %o', (own, platform, last, rate) => {
    expect(rateFrom(own, platform, last)).toEqual(rate)
  })
})

describe('jobEndsMs()', () => {
  const hour = 3_600_000
  test('jobEndsMs() goes on at the pace since the first report', () => {
    const progress = {
      jobId: 'a',
      first: { atMs: 0, fraction: 0.4 },
      last: { atMs: hour, fraction: 0.5 },
    }
    expect(jobEndsMs(progress)).toBeCloseTo(6 * hour, 0)
    expect(spentAtJobEnd(progress, { usd: 3, rate: 2 }, 2 * hour)).toBeCloseTo(11, 6)
  })

  test.each([
    [0.5, 0.5],
    [0.5, 0.4],
    [0.5, 1.5],
  ])('jobEndsMs() cannot tell from %f and %f', (from, to) => {
    const progress = { jobId: 'a', first: { atMs: 0, fraction: from }, last: { atMs: 9, fraction: to } }
    expect(jobEndsMs(progress)).toBeUndefined()
  })
})

describe('machineClock()', () => {
  test('machineClock() reads the boot and the start of PID 1, whatever its name is', async () => {
    const root = await mkdtemp(join(tmpdir(), 'podmate-proc-'))
    onTestFinished(() => rm(root, { recursive: true, force: true }))
    await mkdir(join(root, 'sys/kernel/random'), { recursive: true })
    await mkdir(join(root, '1'))
    await writeFile(join(root, 'sys/kernel/random/boot_id'), 'c0ffee\n')
    const rest = Array.from({ length: 30 }, (_, index) => (index === 18 ? 12_345 : index)).join(' ')
    await writeFile(join(root, '1/stat'), `1 (a ) S b) S ${rest}\n`)
    expect(machineClock(root).boot).toEqual({ bootId: 'c0ffee', containerMs: 123_450 })
  })

  test('machineClock() does without what it cannot read', () => {
    expect(machineClock('/nowhere').boot).toEqual({ bootId: '', containerMs: undefined })
    expect(machineClock().upMs()).toBeGreaterThan(0)
  })
})
