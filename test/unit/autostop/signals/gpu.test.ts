import { describe, expect, onTestFinished, test } from 'vitest'
import { gpuSignal } from '../../../../services/autostop/signals/gpu.ts'
import type { GpusSeen } from '../../../../services/autostop/signals/ports.ts'

type Gpu = GpusSeen['gpus'][number]

const gpu = (index: number, utilPercent: number | undefined, known: Partial<Gpu> = {}): Gpu => ({
  ...{ index, utilPercent, memoryUsedMb: 20_000, problem: undefined },
  ...known,
})

/** Looks between readings are made by the test. */
function world(memoryMb = 0) {
  let seen: GpusSeen | undefined
  const over = new AbortController()
  onTestFinished(() => over.abort())
  const options = { utilPercent: 10, memoryMb, recentMs: 60_000, over: over.signal, lookEveryMs: 1 }
  let looks = 0
  const signal = gpuSignal({
    ...options,
    read: () => {
      looks += 1
      return seen
    },
  })
  const see = (atMs: number, gpus: readonly Gpu[], problem?: string) => {
    seen = { atMs, gpus, problem }
  }
  const looked = async () => {
    const before = looks
    await expect.poll(() => looks).toBeGreaterThan(before)
  }
  return { see, looked, read: (nowMs: number) => signal.read(nowMs, over.signal) }
}

describe('gpuSignal()', () => {
  test('is active when one GPU of eight works', async () => {
    const { see, read } = world()
    see(
      1000,
      [0, 1, 2, 3, 4, 5, 6, 7].map((index) => gpu(index, index === 6 ? 94 : 0)),
    )
    expect(await read(1500)).toEqual({ state: 'active', lastActiveMs: 1000, evidence: 'GPU 6 was 94 % busy' })
  })

  test('remembers work between two readings', async () => {
    const { see, looked, read } = world()
    see(1000, [gpu(0, 50)])
    await looked()
    see(31_000, [gpu(0, 0)])
    expect(await read(31_000)).toMatchObject({ state: 'active', evidence: 'GPU 0 was 50 % busy 30 s ago' })
    see(80_000, [gpu(0, 9)])
    expect(await read(80_000)).toEqual({
      state: 'quiet',
      lastActiveMs: 1000,
      evidence: '1 GPU at 9 % or less; 10 % would be work',
    })
  })

  test('takes memory for no work unless a threshold is set', async () => {
    const off = world()
    off.see(1000, [gpu(0, 0)])
    expect((await off.read(1000)).state).toBe('quiet')
    const on = world(1024)
    on.see(1000, [gpu(0, 0)])
    expect(await on.read(1000)).toMatchObject({
      state: 'active',
      evidence: 'GPU 0 held 20000 MB (IDLE_GPU_MEM_MB_THRESHOLD)',
    })
  })

  test.each([
    ['nvidia-smi has not answered for 5 s', [gpu(0, 0)], 'nvidia-smi has not answered for 5 s', 1000],
    ['a GPU without a number', [gpu(0, 0), gpu(1, undefined)], undefined, 1000],
    ['a GPU with a problem', [gpu(0, undefined, { problem: 'MIG is on' })], undefined, 1000],
    ['no GPU at all', [], undefined, 1000],
    ['an old sample', [gpu(0, 0)], undefined, 100_000],
  ])('is unknown with %s', async (_, gpus, problem, nowMs) => {
    const { see, read } = world()
    see(1000, gpus, problem)
    expect((await read(nowMs)).state).toBe('unknown')
  })

  test('is active when one GPU works and another cannot be read', async () => {
    const { see, read } = world()
    see(1000, [gpu(0, undefined), gpu(1, 80)])
    expect((await read(1000)).state).toBe('active')
  })

  test('is unknown before the first sample', async () => {
    expect((await world().read(1000)).state).toBe('unknown')
  })
})
