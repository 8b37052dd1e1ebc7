import { describe, expect, onTestFinished, test } from 'vitest'
import type { StepSeen } from '../../../../services/autostop/signals/ports.ts'
import { trainerSignal } from '../../../../services/autostop/signals/trainer.ts'
import { monotonicMs } from '../../../../supervisor/time.ts'
import { fakePod } from '../../../fixtures/http/fake-pod.ts'

const minute = 60_000

/** A trainer whose steps, files and clock a test sets. */
function world() {
  const pod = fakePod(['bootstrap', 'trainer'], undefined, ['bootstrap', 'trainer'])
  const startMs = monotonicMs()
  const now = { ms: startMs, step: undefined as StepSeen | undefined, file: undefined as string | undefined }
  const over = new AbortController()
  onTestFinished(() => over.abort())
  const signal = trainerSignal({
    ...{ pod, over: over.signal, recentMs: minute },
    clock: () => now.ms,
    lastStep: () => now.step,
    newFile: () => now.file,
  })
  return {
    pod,
    start: () => {
      pod.emit({ type: 'starting', service: 'trainer', attempt: 1 })
      pod.emit({ type: 'ready', service: 'trainer' })
    },
    step: (step: number) => {
      now.step = { atMs: now.ms, jobId: 'job-1', step }
    },
    file: (path: string | undefined) => {
      now.file = path
    },
    /** Reads so many minutes after the start. */
    at: (minutes: number) => {
      now.ms = startMs + minutes * minute
      return signal.read(now.ms, over.signal)
    },
  }
}

describe('trainerSignal()', () => {
  test('is active from the start on, and with a step every minute for ever', async () => {
    const { start, step, at } = world()
    start()
    expect(await at(0)).toMatchObject({
      state: 'active',
      evidence: expect.stringMatching(/^its start came 0 s ago/),
    })
    for (let minutes = 1; minutes < 300; minutes += 10) {
      await at(minutes)
      step(1000 + minutes)
      expect((await at(minutes + 0.2)).evidence).toBe(
        `step ${(1000 + minutes).toLocaleString('en')} came 12 s ago`,
      )
    }
  })

  test('says that a trainer which gives nothing for half an hour looks stalled', async () => {
    const { pod, start, at } = world()
    start()
    await at(5)
    pod.logLine('trainer', 'epoch 1')
    expect(await at(34)).toMatchObject({ state: 'active', evidence: 'a log line came 29 min ago' })
    expect(await at(36)).toMatchObject({
      state: 'quiet',
      evidence:
        'the trainer runs but looks stalled: no step, log line or new file for 31 min, since a log line (30 min are allowed)',
    })
  })

  test('waits longer for a trainer that was silent long and went on', async () => {
    const { pod, start, at } = world()
    start()
    expect((await at(60)).state).toBe('quiet')
    pod.logLine('trainer', 'epoch 1')
    expect((await at(60 + 110)).state).toBe('active')
    expect((await at(60 + 130)).state).toBe('quiet')
  })

  test('takes a new file for progress, and lines of other services and of podmate for none', async () => {
    const { pod, start, file, at } = world()
    start()
    file('last.pt')
    expect((await at(29)).evidence).toBe('a new file (last.pt) came 0 s ago')
    file(undefined)
    await at(80)
    pod.logLine('jupyter', 'a line')
    expect((await at(90)).state).toBe('quiet')
  })

  test('is active while the trainer waits for a bootstrap that works', async () => {
    const { pod, at } = world()
    pod.emit({ type: 'starting', service: 'bootstrap', attempt: 1 })
    pod.emit({ type: 'blocked', service: 'trainer', reason: 'waits for bootstrap' })
    expect(await at(3)).toMatchObject({
      state: 'active',
      evidence: 'the trainer waits for bootstrap, which has worked for 3 min',
    })
    pod.emit({ type: 'failed', service: 'bootstrap', reason: 'exit 1' })
    expect(await at(4)).toMatchObject({
      state: 'quiet',
      evidence: 'the trainer is blocked: waits for bootstrap',
    })
  })

  test('is quiet when the trainer has ended, in spite of a step just before', async () => {
    const { pod, start, step, at } = world()
    start()
    await at(9)
    step(7)
    await at(9.1)
    pod.emit({ type: 'failed', service: 'trainer', reason: 'exit 1' })
    expect(await at(10.5)).toMatchObject({ state: 'quiet', evidence: 'the trainer is failed: exit 1' })
  })

  test('takes steps of a job that was started by hand', async () => {
    const { pod, step, at } = world()
    pod.emit({ type: 'disabled', service: 'trainer', reason: 'TRAIN_COMMAND is not set' })
    expect((await at(0)).state).toBe('quiet')
    step(7)
    expect(await at(0.5)).toMatchObject({ state: 'active', evidence: 'step 7 of job job-1 came 30 s ago' })
    expect((await at(2)).state).toBe('quiet')
  })

  test('takes the words of a trainer that fails again and again for no progress', async () => {
    const { pod, start, step, at } = world()
    for (const failures of [1, 2, 3]) {
      start()
      pod.emit({ type: 'ended', service: 'trainer', ending: failed, lastLines: [] })
      pod.emit({ type: 'restarting', service: 'trainer', delayMs: 1000, failures })
    }
    start()
    await at(40)
    pod.logLine('trainer', 'Traceback (most recent call last):')
    expect((await at(41)).state).toBe('quiet')
    step(1)
    expect((await at(42)).state).toBe('active')
  })
})

const failed = { ok: false, exitCode: 1, signal: null, reason: 'exit 1' }
