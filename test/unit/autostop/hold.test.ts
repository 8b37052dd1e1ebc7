import { describe, expect, test } from 'vitest'
import {
  type HoldKeeper,
  heldBy,
  holdName,
  keepHold,
  longestHoldMs,
} from '../../../services/autostop/hold.ts'
import { FakeVolume } from '../../fixtures/autostop/simulated-pod.ts'

const hour = 3_600_000
const never = new AbortController().signal

function pod() {
  const volume = new FakeVolume()
  const time = { nowMs: 500, wallMs: 1_790_000_000_000 }
  const keeper = (): HoldKeeper =>
    keepHold({ store: volume, nowMs: () => time.nowMs, wallMs: () => time.wallMs, readAgainMs: 5 })
  const pass = (ms: number) => {
    time.nowMs += ms
    time.wallMs += ms
  }
  const forTwoHours = () => ({ untilMs: time.wallMs + 2 * hour, why: 'lunch' })
  return { volume, time, keeper, pass, forTwoHours }
}

describe('keepHold()', () => {
  test('keepHold() ends a hold by itself, whatever the wall clock does', async () => {
    const { time, keeper, pass, forTwoHours } = pod()
    const hold = keeper()
    await hold.set(forTwoHours())
    time.wallMs += 24 * hour
    pass(1.9 * hour)
    expect(hold.left()).toEqual({ leftMs: expect.closeTo(0.1 * hour, 0), why: 'lunch' })
    expect(hold.current()?.untilMs).toBeCloseTo(time.wallMs + 0.1 * hour, 0)
    pass(0.1 * hour)
    expect(hold.current()).toBeUndefined()
  })

  test('keepHold() never cuts a hold that is there, until it is released', async () => {
    const { time, keeper, forTwoHours } = pod()
    const hold = keeper()
    await hold.set(forTwoHours())
    await hold.set({ untilMs: time.wallMs + hour, why: '' })
    expect(hold.left()).toEqual({ leftMs: 2 * hour, why: 'lunch' })
    await hold.set({ untilMs: time.wallMs + 3 * hour, why: 'dinner' })
    expect(hold.left()).toEqual({ leftMs: 3 * hour, why: 'dinner' })
    await hold.set(undefined)
    await hold.set({ untilMs: time.wallMs + hour, why: 'a call' })
    expect(hold.left()).toEqual({ leftMs: hour, why: 'a call' })
  })

  test('keepHold() finds the hold of an earlier podmate, and what is left of it', async () => {
    const { keeper, pass, time, forTwoHours } = pod()
    await keeper().set(forTwoHours())
    pass(hour)
    time.nowMs = 3
    const next = keeper()
    expect(next.isKnown).toBe(false)
    await next.open(never)
    expect(next.left()).toEqual({ leftMs: hour, why: 'lunch' })
  })

  test('keepHold() forgets a hold that is released, and one that is over', async () => {
    const { keeper, pass, forTwoHours } = pod()
    await keeper().set(forTwoHours())
    await keeper().set(undefined)
    const released = keeper()
    await released.open(never)
    expect(released.left()).toBeUndefined()
    await keeper().set(forTwoHours())
    pass(3 * hour)
    const over = keeper()
    await over.open(never)
    expect(over.left()).toBeUndefined()
  })

  test('keepHold() waits for a volume that does not answer, and lets what is said meanwhile stand', async () => {
    const { keeper, volume, forTwoHours } = pod()
    await keeper().set(forTwoHours())
    volume.away = true
    const hold = keeper()
    const opening = hold.open(never)
    expect(hold.isKnown).toBe(false)
    await hold.set(undefined)
    volume.away = false
    await opening
    expect(hold.left()).toBeUndefined()
  })

  test('keepHold() holds although the volume is away, and writes the last word when it is back', async () => {
    const { keeper, volume, forTwoHours } = pod()
    volume.away = true
    const hold = keeper()
    await hold.set({ ...forTwoHours(), why: 'breakfast' })
    await hold.set(forTwoHours())
    expect(hold.left()?.why).toBe('lunch')
    volume.away = false
    await expect.poll(() => volume.text, { timeout: 60_000, interval: 5 }).toContain('lunch')
    volume.away = true
    await hold.set(undefined)
    volume.away = false
    await expect.poll(() => volume.text, { timeout: 60_000, interval: 5 }).toBe('{}\n')
  })

  test('keepHold() holds for a week at most', async () => {
    const { keeper, time, volume } = pod()
    const hold = keeper()
    await hold.set({ untilMs: time.wallMs + 30 * 24 * hour, why: '' })
    expect(hold.left()?.leftMs).toBe(longestHoldMs)
    expect(heldBy((await volume.readText()) ?? '', time.wallMs)?.leftMs).toBe(longestHoldMs)
    expect(holdName).toBe('hold.json')
  })
})

describe('heldBy()', () => {
  const text = JSON.stringify({ set: 1000, until: 1000 + hour, why: 'x' })
  test.each([
    ['a wall clock that went back a day', text, -24 * hour, hour],
    ['half of it', text, 1000 + hour / 2, hour / 2],
    ['a wall clock that is ahead', text, 100 * hour, undefined],
    ['no hold', '{}', 0, undefined],
    ['half a text', text.slice(0, 20), 0, undefined],
  ])('heldBy() of %s', (_name, kept, wallMs, leftMs) => {
    expect(heldBy(kept, wallMs)?.leftMs).toBe(leftMs)
  })
})
