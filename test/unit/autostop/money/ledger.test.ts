import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lastAccount } from '../../../../services/autostop/money/account-text.ts'
import { chaos, day, SimulatedPod, second } from '../../../fixtures/autostop/simulated-pod.ts'

describe('Ledger', () => {
  test('Ledger counts a second once, whoever is dead meanwhile', async () => {
    const pod = new SimulatedPod()
    await pod.start()
    await pod.run(100 * second)
    pod.kill()
    await pod.run(33 * second)
    const ledger = await pod.start()
    await pod.run(10 * second)
    expect(ledger.account.billedMs).toBe(143 * second)
    expect(ledger.account.usd).toBeCloseTo(143 / 3600, 9)
  })

  test('Ledger is within a second after thousands of kills, torn lines and jumps of a day', async () => {
    for (let seed = 0; seed < 40; seed += 1) {
      const { errorMs } = await chaos({ seed, kills: 50, platform: false })
      expect(Math.abs(errorMs)).toBeLessThanOrEqual(second)
    }
  })

  test('Ledger is within a second when the pod is stopped in between, too, if the platform tells', async () => {
    for (let seed = 1000; seed < 1040; seed += 1) {
      const { errorMs, stops } = await chaos({ seed, kills: 50, platform: true })
      expect(stops).toBeGreaterThan(0)
      expect(Math.abs(errorMs)).toBeLessThanOrEqual(second)
    }
  })

  test('Ledger takes a short gap for a restart of the container and a long one for a stop', async () => {
    const pod = new SimulatedPod()
    await pod.start()
    await pod.run(100 * second)
    await pod.restartContainer(16 * second)
    expect((await pod.start()).account).toMatchObject({ billedMs: 116 * second, runMs: 116 * second })
    pod.stop(9 * day)
    expect((await pod.start()).account).toMatchObject({ billedMs: 116 * second, runMs: 0 })
  })

  test('Ledger gives back what it took for a restart when the platform tells of a new run', async () => {
    const pod = new SimulatedPod()
    const first = await pod.start()
    first.learn(pod.facts(), pod.now())
    await pod.run(100 * second)
    pod.stop(200 * second)
    const ledger = await pod.start()
    expect(ledger.account.billedMs).toBe(300 * second)
    await pod.run(5 * second)
    ledger.learn(pod.facts(), pod.now())
    expect(ledger.account).toMatchObject({ billedMs: 105 * second, runMs: 5 * second })
    expect(ledger.account.usd).toBeCloseTo(105 / 3600, 9)
  })

  test('Ledger counts a restart of half an hour when the platform tells that the run went on', async () => {
    const pod = new SimulatedPod()
    const first = await pod.start()
    first.learn(pod.facts(), pod.now())
    await pod.run(100 * second)
    await pod.restartContainer(1800 * second)
    const ledger = await pod.start()
    expect(ledger.account.billedMs).toBe(100 * second)
    ledger.learn(pod.facts(), pod.now())
    expect(ledger.account).toMatchObject({ billedMs: 1900 * second, runMs: 1900 * second })
  })

  test('Ledger counts what was paid before podmate started', async () => {
    const pod = new SimulatedPod()
    await pod.run(50 * second)
    const ledger = await pod.start()
    expect(ledger.account.billedMs).toBe(50 * second)
    ledger.learn({ run: 'run-1', ranMs: 200 * second }, pod.now())
    expect(ledger.account.billedMs).toBe(200 * second)
  })

  test('Ledger takes a PID 1 that is hours old for the start of a pod only when the platform tells', async () => {
    const pod = new SimulatedPod()
    await pod.run(1800 * second)
    const ledger = await pod.start()
    expect(ledger.account.billedMs).toBe(0)
    ledger.learn(pod.facts(), pod.now())
    expect(ledger.account.billedMs).toBe(1800 * second)
  })

  test.each(['podmate was killed', 'the ledger could not be read at first'])(
    'Ledger keeps what the volume could not take, when %s',
    async (trouble) => {
      const pod = new SimulatedPod()
      const ledger = await pod.start()
      await pod.run(20 * second)
      pod.volume.away = true
      await pod.run(300 * second)
      await expect.poll(() => ledger.problem).toContain('kept in memory only')
      if (trouble === 'podmate was killed') pod.volume.away = false
      pod.kill()
      const next = await pod.start()
      if (pod.volume.away) {
        expect(next.problem).toContain('cannot be read yet')
        pod.volume.away = false
        await pod.run(7 * second)
        await next.open(() => pod.now())
      }
      expect(next.problem).toBeUndefined()
      expect(next.account.billedMs).toBe(pod.paidMs)
    },
  )

  test('Ledger lets one whole text wait for a volume that takes nothing', async () => {
    const pod = new SimulatedPod()
    await pod.start()
    pod.volume.away = true
    await pod.run(20 * second)
    pod.volume.away = false
    expect(pod.volume.wholes).toBe(0)
    await pod.run(5 * second)
    expect(pod.volume.wholes).toBe(1)
    expect(pod.ledger?.problem).toBeUndefined()
  })

  test('Ledger remembers what was told while a line is on its way', async () => {
    const pod = new SimulatedPod()
    const ledger = await pod.start()
    const answered = Promise.withResolvers<void>()
    pod.volume.slow = answered.promise
    await pod.run(6 * second)
    ledger.remember({ budgetUsd: 10, percent: 80 })
    pod.volume.slow = undefined
    answered.resolve()
    await expect.poll(() => lastAccount(pod.volume.text ?? '')?.told?.percent).toBe(80)
  })

  test('Ledger uses what the platform told before the ledger could be read', async () => {
    const pod = new SimulatedPod()
    const first = await pod.start()
    first.learn(pod.facts(), pod.now())
    await pod.run(100 * second)
    await first.close(pod.now())
    pod.stop(100 * second)
    await pod.run(40 * second)
    pod.volume.away = true
    const ledger = await pod.start()
    ledger.learn(pod.facts(), pod.now())
    await pod.run(100 * second)
    pod.volume.away = false
    await ledger.open(() => pod.now())
    expect(ledger.account).toMatchObject({ billedMs: 240 * second, runMs: 140 * second })
  })

  test('Ledger settles every restart since the platform told for the last time', async () => {
    const pod = new SimulatedPod()
    const first = await pod.start()
    first.learn(pod.facts(), pod.now())
    await pod.run(10 * second)
    for (const gap of [1800, 16, 900]) {
      await pod.restartContainer(gap * second)
      await pod.start()
      await pod.run(10 * second)
    }
    expect(pod.account?.billedMs).toBeLessThan(pod.paidMs)
    pod.ledger?.learn(pod.facts(), pod.now())
    expect(pod.account).toMatchObject({ billedMs: pod.paidMs, runMs: pod.paidMs })
  })

  test.each([
    ['the same run', { run: 'run-1' }, 1900],
    ['another run', { run: 'other' }, 100],
    ['another run, by a clock that is a day off', { run: 'other', ranMs: day }, 100],
    ['nothing', {}, 100],
  ])('Ledger counts a restart of half an hour when the platform tells %s', async (_name, facts, seconds) => {
    const pod = new SimulatedPod()
    const first = await pod.start()
    first.learn(pod.facts(), pod.now())
    await pod.run(100 * second)
    await pod.restartContainer(1800 * second)
    const ledger = await pod.start()
    ledger.learn(facts, pod.now())
    expect(ledger.account.billedMs).toBe(seconds * second)
  })

  test('Ledger bounds its lines', async () => {
    const pod = new SimulatedPod()
    await pod.start()
    await pod.run(3500 * second)
    const lines = (pod.volume.text ?? '').split('\n').length
    expect(pod.volume.writes).toBeGreaterThan(600)
    expect(lines).toBeLessThanOrEqual(502)
    expect(lastAccount(pod.volume.text ?? '')?.billedMs).toBeGreaterThanOrEqual(pod.paidMs - 10 * second)
  })

  test('Ledger prices the time before a rate was known with the first one', async () => {
    const pod = new SimulatedPod()
    const ledger = await pod.start()
    expect(ledger.account.unpricedMs).toBe(0)
    await pod.run(3600 * second)
    ledger.setRate(3)
    await pod.run(3600 * second)
    expect(ledger.account.usd).toBeCloseTo(4, 9)
  })
})

describe('lastAccount()', () => {
  test('lastAccount() finds the last whole line of any text that a crash may leave', async () => {
    const pod = new SimulatedPod()
    await pod.start()
    await pod.run(60 * second)
    await pod.ledger?.close(pod.now())
    const text = pod.volume.text ?? ''
    const whole = lastAccount(text)
    expect(whole?.closed).toBe(true)
    fc.assert(
      fc.property(fc.string(), fc.nat(200), (noise, cut) => {
        const torn = `${text}${text.slice(0, Math.min(cut, text.indexOf('\n') - 1))}`
        expect(lastAccount(torn)).toEqual(whole)
        expect(lastAccount(`${text}${noise.replaceAll('{', '')}`)).toEqual(whole)
      }),
    )
    expect(lastAccount('')).toBeUndefined()
  })
})
