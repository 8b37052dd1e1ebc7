import { describe, expect, test } from 'vitest'
import { trainerEnd } from '../../../services/jobs/trainer-end.ts'
import { tellsGpuMemory } from '../../../services/jobs/trainer-run.ts'

const usual = {
  ...{ stopped: false, podStopping: false, stopReason: undefined, isStalled: false, gpuMemoryOut: false },
  lastLines: ['one', 'two'],
}
const exit = (exitCode: number) => ({
  ok: exitCode === 0,
  exitCode,
  signal: null,
  reason: `exit ${exitCode}`,
})
const signal = (name: string, reason = `signal ${name}`) => ({
  ok: false,
  exitCode: null,
  signal: name,
  reason,
})

describe('trainerEnd()', () => {
  test.each([
    ['a good end', { ending: exit(0) }, { status: 'completed', exitCode: 0, reason: null, error: null }],
    [
      'a bad end',
      { ending: exit(1) },
      { status: 'failed', exitCode: 1, reason: 'exit 1', error: 'one\ntwo' },
    ],
    [
      'the memory',
      { ending: signal('SIGKILL', 'oom') },
      { status: 'failed', signal: 'SIGKILL', reason: 'oom' },
    ],
    ['the memory of the GPU', { ending: exit(1), gpuMemoryOut: true }, { status: 'failed', reason: 'oom' }],
    ['a kill from outside', { ending: signal('SIGTERM') }, { status: 'cancelled', reason: 'killed by user' }],
    ['an answer to a kill', { ending: exit(143) }, { status: 'cancelled', reason: 'killed by user' }],
    [
      'a stop by podctl',
      { ending: exit(143), stopped: true },
      { status: 'cancelled', reason: 'killed by user' },
    ],
    ['a good end after a stop', { ending: exit(0), stopped: true }, { status: 'cancelled', exitCode: 0 }],
    ['a stop of a stalled one', { ending: exit(143), stopped: true, isStalled: true }, { reason: 'stalled' }],
    [
      'the end of the pod',
      { ending: exit(143), stopped: true, podStopping: true },
      { reason: 'the pod was stopped' },
    ],
    [
      'a rule',
      { ending: exit(143), stopped: true, stopReason: 'early stop: x' },
      { status: 'cancelled', reason: 'early stop: x' },
    ],
  ])('understands %s', (_, end, wanted) => {
    expect(trainerEnd({ ...usual, ...end })).toMatchObject(wanted)
  })
})

describe('tellsGpuMemory()', () => {
  test('knows what torch writes', () => {
    expect(tellsGpuMemory('torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB.')).toBe(
      true,
    )
    expect(tellsGpuMemory('RuntimeError: CUDA error: out of memory')).toBe(true)
    expect(tellsGpuMemory('gpu memory 20 GB')).toBe(false)
  })
})
