import { describe, expect, test, vi } from 'vitest'
import {
  type FinishPolicy,
  finishActions,
  finishOrder,
  type TrainingEnd,
} from '../../../services/autostop/finish/finish-policy.ts'
import { type WatchFinishOptions, watchFinish } from '../../../services/autostop/finish/watch-finish.ts'
import type { Ending } from '../../../supervisor/events.ts'
import { monotonicMs } from '../../../supervisor/time.ts'
import { fakePod } from '../../fixtures/http/fake-pod.ts'

const completed: TrainingEnd = { atMs: 5000, atBoot: false, ok: true, reason: 'exit 0' }
const failed: TrainingEnd = { ...completed, ok: false, reason: 'signal SIGKILL (oom)' }
const apart: FinishPolicy = { success: 'stop', failure: 'keep' }

describe('finishOrder()', () => {
  test('asks for nothing before an end, and for what it names after', () => {
    for (const action of finishActions) {
      const policy = { success: action, failure: action }
      expect(finishOrder(undefined, policy, 0)).toBeUndefined()
      const verb = action === 'stop' || action === 'terminate' ? action : undefined
      expect(finishOrder(completed, policy, 0)?.verb).toBe(verb)
    }
  })

  test('takes success and failure apart, and names the real end', () => {
    expect(finishOrder(failed, apart, 0)).toBeUndefined()
    expect(finishOrder(completed, apart, 60_000)).toEqual({
      atMs: 5000,
      stopsAtMs: 65_000,
      text: 'Training has completed (exit 0), and TRAIN_ON_FINISH is stop for that.',
      verb: 'stop',
    })
    expect(finishOrder(failed, { success: 'keep', failure: 'terminate' }, 0)).toMatchObject({
      text: 'Training has failed (signal SIGKILL (oom)), and TRAIN_ON_FINISH is terminate for that.',
      verb: 'terminate',
    })
  })

  test('dates what was over at the boot before it, so that the grace of the boot holds', () => {
    const before = { ...completed, atMs: Number.NEGATIVE_INFINITY, atBoot: true }
    expect(finishOrder(before, apart, 60_000)).toMatchObject({
      atMs: Number.NEGATIVE_INFINITY,
      stopsAtMs: Number.NEGATIVE_INFINITY,
      text: 'Training had completed before this start, and TRAIN_ON_FINISH is stop for that.',
    })
    const soon = { ...failed, atBoot: true }
    expect(finishOrder(soon, { success: 'keep', failure: 'stop' }, 60_000)).toMatchObject({
      atMs: Number.NEGATIVE_INFINITY,
      stopsAtMs: 65_000,
    })
  })
})

describe('watchFinish()', () => {
  const everything: FinishPolicy = { success: 'stop', failure: 'terminate' }

  function watchWith(part: Partial<WatchFinishOptions> = {}) {
    const pod = fakePod(['http', 'trainer'], undefined, ['trainer'])
    const told: string[] = []
    const watch = watchFinish({
      ...{ pod, policy: everything, holdMs: 0 },
      flush: async () => ({ leftFiles: 0 }),
      tell: (level, text) => void told.push(`${level}: ${text}`),
      ...part,
    })
    let attempt = 0
    const begin = () => {
      attempt += 1
      pod.emit({ service: 'trainer', type: 'starting', attempt })
      pod.emit({ service: 'trainer', type: 'spawned', pid: 5, command: 'train' })
      pod.emit({ service: 'trainer', type: 'ready' })
    }
    const end = (ending: Ending) => pod.emit({ service: 'trainer', type: 'ended', ending, lastLines: [] })
    const complete = () => {
      end({ ok: true, exitCode: 0, signal: null, reason: 'ended' })
      pod.emit({ service: 'trainer', type: 'completed' })
    }
    const fail = () => {
      end({ ok: false, exitCode: 3, signal: null, reason: 'exit 3' })
      pod.emit({ service: 'trainer', type: 'failed', reason: 'exit 3' })
    }
    return { pod, watch, told, begin, end, complete, fail }
  }

  test('asks for a stop when training completes, and takes it back when it is started again', () => {
    const { watch, told, begin, complete } = watchWith({ holdMs: 3_600_000 })
    begin()
    expect(watch.finished()).toBeUndefined()
    const beforeMs = monotonicMs()
    complete()
    const order = watch.finished()
    expect(order).toMatchObject({ verb: 'stop', text: expect.stringContaining('(exit 0)') })
    expect(order?.atMs).toBeGreaterThanOrEqual(beforeMs)
    expect(order?.stopsAtMs).toBe((order?.atMs ?? 0) + 3_600_000)
    expect(told).toEqual(['info: Training has completed (exit 0), and TRAIN_ON_FINISH is stop for that.'])
    begin()
    expect(watch.finished()).toBeUndefined()
  })

  test('takes a training that ran no program for one that was over before', () => {
    const { watch, pod, complete } = watchWith()
    pod.emit({ service: 'trainer', type: 'starting', attempt: 1 })
    complete()
    expect(watch.finished()).toMatchObject({ atMs: Number.NEGATIVE_INFINITY, verb: 'stop' })
  })

  test('gives the owner time to get in when the first run fails at once, and not when a later one does', async () => {
    const { watch, begin, fail } = watchWith()
    begin()
    fail()
    expect(watch.finished()).toMatchObject({ atMs: Number.NEGATIVE_INFINITY, verb: 'terminate' })
    begin()
    fail()
    expect(watch.finished()?.atMs).toBeGreaterThan(0)
  })

  test('takes neither a stop nor a restart for an end', () => {
    const { watch, pod, begin, end } = watchWith()
    begin()
    pod.emit({ service: 'trainer', type: 'stopping', reason: 'podctl stop' })
    end({ ok: true, exitCode: 0, signal: null, reason: 'exit 0' })
    pod.emit({ service: 'trainer', type: 'stopped', left: [] })
    expect(watch.finished()).toBeUndefined()
    begin()
    end({ ok: false, exitCode: 1, signal: null, reason: 'exit 1' })
    pod.emit({ service: 'trainer', type: 'restarting', delayMs: 1000, failures: 1 })
    expect(watch.finished()).toBeUndefined()
  })

  test('does not take the end of another task for that of training', () => {
    const { watch, pod, told } = watchWith()
    pod.emit({ service: 'http', type: 'completed' })
    expect([watch.finished(), told]).toEqual([undefined, []])
  })

  test.each([
    ['all is safe', async () => ({ leftFiles: 0 }), 'info: Everything that training left is uploaded.'],
    [
      'something is left',
      async () => ({ leftFiles: 2, reason: 'the time was up' }),
      'warn: 2 files of the training are not uploaded: the time was up.',
    ],
    [
      'nothing is uploaded here',
      async () => {
        throw new Error('artifacts is disabled: HF_REPO_ID is not set')
      },
      'warn: Nothing of the training is uploaded: artifacts is disabled: HF_REPO_ID is not set',
    ],
  ])('uploads for sync, asks for no stop, and says when %s', async (_, flush, text) => {
    const { watch, told, begin, complete } = watchWith({
      policy: { success: 'sync', failure: 'keep' },
      flush,
    })
    begin()
    complete()
    await vi.waitFor(() => expect(told.at(-1)).toBe(text))
    expect(watch.finished()).toBeUndefined()
  })

  test('says nothing for keep', () => {
    const { told, begin, fail } = watchWith({ policy: { success: 'sync', failure: 'keep' } })
    begin()
    fail()
    expect(told).toEqual([])
  })
})
