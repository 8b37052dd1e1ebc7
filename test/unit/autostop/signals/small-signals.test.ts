import { describe, expect, test } from 'vitest'
import { apiSignal } from '../../../../services/autostop/signals/api.ts'
import { quiet } from '../../../../services/autostop/signals/evidence.ts'
import { guarded } from '../../../../services/autostop/signals/guarded.ts'
import { heartbeatSignal } from '../../../../services/autostop/signals/heartbeat.ts'
import { holdSignal } from '../../../../services/autostop/signals/hold.ts'
import { requestLog } from '../../../../services/autostop/signals/request-log.ts'

const never = new AbortController().signal

describe('holdSignal()', () => {
  test('is active until the hold ends, in the words of who holds', async () => {
    const hold = { leftMs: 3_600_000, why: 'lunch' }
    const read = (found: typeof hold | undefined) => holdSignal(() => found).read(5, never)
    expect(await read(hold)).toEqual({
      state: 'active',
      lastActiveMs: 5,
      evidence: 'held for 60 min more: lunch',
    })
    expect((await read({ leftMs: 30_000, why: '' })).evidence).toBe('held for 30 s more')
    for (const ended of [undefined, { ...hold, leftMs: 0 }]) expect((await read(ended)).state).toBe('quiet')
  })
})

describe('apiSignal()', () => {
  test('is active when a request came lately', async () => {
    let nowMs = 1000
    const log = requestLog(() => nowMs)
    const signal = apiSignal(log, 60_000)
    expect(await signal.read(nowMs, never)).toEqual({
      state: 'quiet',
      lastActiveMs: undefined,
      evidence: 'no request so far but probes',
    })
    log.seen()
    log.seen()
    nowMs += 12_000
    const evidence = '2 requests, the last one 12 s ago'
    expect(await signal.read(nowMs, never)).toEqual({ state: 'active', lastActiveMs: 1000, evidence })
    expect(await signal.read(nowMs + 60_000, never)).toMatchObject({ state: 'quiet', lastActiveMs: 1000 })
  })
})

describe('heartbeatSignal()', () => {
  const offset = 1_790_000_000_000
  function world() {
    let nowMs = 0
    let jumpMs = 0
    let modified: number | undefined
    const signal = heartbeatSignal({
      ...{ path: '/workspace/beat', recentMs: 60_000 },
      modifiedMs: async () => modified,
      wallClock: () => nowMs + offset + jumpMs,
    })
    return {
      read: (ms: number) => {
        nowMs = ms
        return signal.read(ms, never)
      },
      touch: (ms: number | undefined) => {
        modified = ms === undefined ? undefined : ms + offset + jumpMs
      },
      jump: (ms: number) => {
        jumpMs += ms
      },
    }
  }

  test('is active when the file was touched lately', async () => {
    const { read, touch } = world()
    expect(await read(1000)).toMatchObject({ state: 'quiet', evidence: '/workspace/beat does not exist' })
    touch(50_000)
    expect(await read(60_000)).toEqual({
      state: 'active',
      lastActiveMs: 50_000,
      evidence: '/workspace/beat was touched 10 s ago',
    })
    expect((await read(120_000)).state).toBe('quiet')
    touch(undefined)
    expect(await read(180_000)).toMatchObject({ state: 'quiet', lastActiveMs: 50_000 })
  })

  test('is not fooled by a clock that jumps a day', async () => {
    for (const day of [86_400_000, -86_400_000]) {
      const { read, touch, jump } = world()
      touch(0)
      await read(0)
      jump(day)
      expect((await read(120_000)).state).toBe('quiet')
      touch(150_000)
      expect((await read(180_000)).state).toBe('active')
    }
  })
})

describe('guarded()', () => {
  test('turns an error into unknown, with its words', async () => {
    const signal = guarded('gpu', () => Promise.reject(new Error('out of order')))
    expect(await signal.read(0, never)).toEqual({
      state: 'unknown',
      lastActiveMs: undefined,
      evidence: 'it cannot be read: out of order',
    })
  })

  test('gives up when it is told to, and ends what it had begun', async () => {
    const over = new AbortController()
    let ended: AbortSignal | undefined
    const signal = guarded('jupyter', (_, signal) => {
      ended = signal
      return new Promise(() => {})
    })
    const reading = signal.read(0, over.signal)
    over.abort()
    expect((await reading).state).toBe('unknown')
    expect(ended?.aborted).toBe(true)
  })

  test('remembers the last activity while it is not seen', async () => {
    const times = [5000, undefined, 3000]
    const signal = guarded('ssh', () => quiet(times.shift(), ''))
    for (const nowMs of [1, 2, 3]) expect((await signal.read(nowMs, never)).lastActiveMs).toBe(5000)
  })
})
