import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { runSequence } from '../../../services/autostop/stop/sequence.ts'
import type { StopOrder } from '../../../services/autostop/stop/stop-tools.ts'
import {
  type FakeStop,
  type FakeStopPlan,
  fakeStop,
  nothingKept,
  refused,
  taken,
} from '../../fixtures/autostop/stop-tools.ts'

const order: StopOrder = { cause: 'idle', verb: 'stop', text: 'Nobody has used the pod for 60 min.' }
const minute = 60_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A stop that is under way; `over` ends it as the end of podmate would. */
function begin(plan: FakeStopPlan = {}, given: Partial<StopOrder> = {}) {
  const stop = fakeStop(plan)
  const [cancel, over] = [new AbortController(), new AbortController()]
  const signals = { cancel: cancel.signal, over: over.signal }
  let hasEnded = false
  const done = runSequence({ ...order, ...given }, stop.tools, signals).then(() => {
    hasEnded = true
  })
  return { ...stop, cancel, over, done, hasEnded: () => hasEnded }
}

const doings = ({ told }: FakeStop) =>
  told
    .filter(([what]) => ['trainer', 'flush', 'call', 'shutdown'].includes(what))
    .map((entry) => entry.join(' ').trim())

describe('runSequence()', () => {
  test('warns, ends the trainer, uploads, checks and calls, in this order', async () => {
    const stop = begin({ trainerMs: 50_000 })
    await vi.advanceTimersByTimeAsync(2 * minute)
    const steps = stop.told.filter(([what]) => what.startsWith('step')).map(([what]) => what.slice(5))
    expect(steps.slice(0, 6)).toEqual(['warn', 'trainer', 'flush', 'verify', 'stop', 'confirm'])
    expect(doings(stop)).toEqual(['trainer ended', 'flush', 'call stop'])
    expect(stop.of('terminals')).toEqual(['The pod stops now. Nobody has used the pod for 60 min.'])
    expect(stop.hasEnded()).toBe(false)
    stop.over.abort()
    await stop.done
    // That of a podmate which ends is refused.
    expect(doings(stop).slice(3)).toEqual(['trainer started'])
  })

  test('goes on calling after refusals, with growing pauses, and tells of a problem once', async () => {
    const answers = Array.from({ length: 20 }, () => refused('connection refused'))
    const stop = begin({ answers: [...answers, taken] })
    await vi.advanceTimersByTimeAsync(80 * minute)
    const pauses = stop.calls.map((at, index) => at - (stop.calls[index - 1] ?? 0)).slice(1)
    expect(pauses.slice(0, 8)).toEqual([5, 10, 20, 40, 80, 160, 300, 300])
    expect(stop.calls).toHaveLength(21)
    expect(stop.of('error')).toHaveLength(2) // it lasts for more than an hour
    expect(stop.of('refused')).toEqual(['connection refused', 'connection refused'])
    expect(stop.of('stopped')).toHaveLength(1)
    stop.over.abort()
    await stop.done
  })

  test('waits for as long as RunPod asks', async () => {
    const stop = begin({ answers: [refused('too many requests', 42_000), taken] })
    await vi.advanceTimersByTimeAsync(5 * minute)
    expect(stop.calls).toEqual([0, 42])
    stop.over.abort()
    await stop.done
  })

  test('calls again when the stop was taken and the pod still runs', async () => {
    let standing: 'running' | 'stopped' = 'running'
    const stopper = { ...fakeStop().tools.stopper, standing: async () => standing }
    const stop = begin({ stopper })
    await vi.advanceTimersByTimeAsync(minute + 1000)
    expect(stop.of('refused')).toEqual(['RunPod took the stop, but 60 s later the pod still runs'])
    standing = 'stopped'
    await vi.advanceTimersByTimeAsync(9 * minute)
    expect(stop.of('refused')).toHaveLength(1)
    stop.over.abort()
    await stop.done
  })

  test('does not believe for ever that a pod has stopped in which it still runs', async () => {
    const stop = begin({ trainerMs: 1000 })
    await vi.advanceTimersByTimeAsync(11 * minute)
    expect(stop.of('refused')).toEqual([
      'RunPod says that the pod has stopped, but 600 s later podmate still runs in it: see whether RUNPOD_POD_ID is the id of this pod',
    ])
    expect(doings(stop).slice(3)).toEqual(['trainer started', 'flush', 'call stop'])
    stop.over.abort()
    await stop.done
  })

  test('starts the trainer again after 10 minutes of refusals, and uploads before each call from then on', async () => {
    const stop = begin({ trainerMs: 1000, answers: [refused('503')] })
    await vi.advanceTimersByTimeAsync(9.9 * minute)
    expect(stop.of('trainer')).toEqual(['ended'])
    expect(stop.of('error')[0]).toContain(
      'The trainer has ended and is started again if no stop works within 10 min',
    )
    expect(stop.of('flush')).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(minute)
    expect(stop.of('trainer')).toEqual(['ended', 'started'])
    await vi.advanceTimersByTimeAsync(11 * minute)
    expect(stop.of('trainer')).toEqual(['ended', 'started'])
    expect(stop.of('flush')).toHaveLength(1 + stop.calls.filter((at) => at > 600).length)
    stop.over.abort()
    await stop.done
  })

  test('looks before each call that would delete files whether there are new ones', async () => {
    const stop = begin({ answers: [refused('RunPod answers 503'), taken] }, { verb: 'terminate' })
    await vi.advanceTimersByTimeAsync(minute)
    expect(doings(stop)).toEqual(['flush', 'call terminate', 'flush', 'call terminate'])
    stop.over.abort()
    await stop.done
  })

  test('looks for new files before each call while somebody trains again', async () => {
    const stop = begin({ answers: [refused('RunPod answers 503'), taken] })
    await vi.advanceTimersByTimeAsync(0)
    await stop.tools.trainer.start()
    await vi.advanceTimersByTimeAsync(minute)
    expect(doings(stop)).toEqual(['flush', 'call stop', 'trainer started', 'flush', 'call stop'])
    stop.over.abort()
    await stop.done
  })

  test('that is cancelled starts the trainer again that it has ended, and calls nobody', async () => {
    const stop = begin({ trainerMs: 30_000 })
    await vi.advanceTimersByTimeAsync(10_000)
    stop.cancel.abort()
    await vi.advanceTimersByTimeAsync(minute)
    await stop.done
    expect(doings(stop)).toEqual(['trainer ended', 'trainer started'])
  })

  test('leaves the trainer alone where the pod cannot be stopped, and makes no call', async () => {
    const impossible = 'RUNPOD_API_KEY is not set'
    const stop = begin({ trainerMs: 1000, stopper: { ...fakeStop().tools.stopper, impossible } })
    await vi.advanceTimersByTimeAsync(30 * minute)
    expect(doings(stop)).toEqual(['flush'])
    expect(stop.of('error')).toEqual([expect.stringContaining(impossible)])
    stop.cancel.abort()
    await stop.done
  })

  test('tries an hour long to upload what the stop would delete, and then stops with a warning', async () => {
    const save = {
      flush: async () => ({ left: ['step-9.pt'], leftFiles: 1, reason: 'the Hub answers 503' }),
      keptHere: () => nothingKept,
      folders: async () => [{ path: '/root/artifacts', place: 'container', hasFiles: true } as const],
    }
    const stop = begin({ save })
    await vi.advanceTimersByTimeAsync(59 * minute)
    expect(stop.calls).toEqual([])
    expect(stop.of('error')).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(2 * minute)
    expect(stop.calls).toHaveLength(1)
    expect(stop.of('error')[1]).toContain('deletes files in /root/artifacts')
    stop.over.abort()
    await stop.done
  })

  test('refuses to terminate with files that are not uploaded, and stops', async () => {
    const save = {
      flush: async () => Promise.reject(new Error('not running')),
      keptHere: () => nothingKept,
    }
    const folders = async () => [{ path: '/workspace/checkpoints', place: 'volume', hasFiles: true } as const]
    const stop = begin({ save: { ...save, folders } }, { verb: 'terminate' })
    await vi.advanceTimersByTimeAsync(1000)
    expect(stop.of('call')).toEqual(['stop'])
    stop.over.abort()
    await stop.done
  })

  test('with the action `exit` ends podmate in place of a call', async () => {
    const stop = begin({ action: 'exit', trainerMs: 1000 })
    await vi.advanceTimersByTimeAsync(2000)
    expect(doings(stop).slice(0, 3)).toEqual(['trainer ended', 'flush', `shutdown autostop: ${order.text}`])
  })

  test('does not wait for a flush that never ends', async () => {
    const save = { ...fakeStop().tools.save, flush: () => new Promise<never>(() => {}) }
    const stop = begin({ save })
    await vi.advanceTimersByTimeAsync(11 * minute)
    expect(stop.calls).toHaveLength(1)
    stop.over.abort()
    await stop.done
  })
})
