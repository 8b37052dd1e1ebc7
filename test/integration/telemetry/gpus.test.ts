import { expect, test } from 'vitest'
import { runTelemetry } from '../../fixtures/gpu/run-telemetry.ts'
import { type ScriptedGpu, scriptedGpu } from '../../fixtures/gpu/scripted-gpu.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const long = { timeout: 60_000 }

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const living = (gpu: ScriptedGpu) => gpu.starts().filter(alive)

test('telemetry() sees what each of several GPUs does, by one nvidia-smi that keeps running', async () => {
  const gpu = scriptedGpu(temporaryFolder())
  gpu.answers({ utilPercent: 94, memoryUsedMb: 30_211, powerW: 228.41 }, {}, { utilPercent: 7 })
  const { port } = runTelemetry(gpu.binDir)
  const uses = () => port.gpu()?.gpus.map(({ utilPercent }) => utilPercent)
  await expect.poll(uses, long).toEqual([94, 0, 7])
  expect(port.gpu()?.gpus[0]).toMatchObject({ name: 'NVIDIA A40', memoryUsedMb: 30_211, powerW: 228.41 })
  const [first] = gpu.starts()
  gpu.answers({ utilPercent: 3 }, { utilPercent: '[N/A]', mig: 'Enabled' }, { utilPercent: 'ERR!' })
  await expect.poll(uses, long).toEqual([3, undefined, undefined])
  expect(port.gpu()).toMatchObject({
    problem: undefined,
    gpus: [
      { problem: undefined },
      { problem: 'MIG is on, and nvidia-smi does not tell the use of its parts' },
      { problem: 'the driver answers ERR!' },
    ],
  })
  expect(first).toBe(gpu.starts()[0])
})

test('telemetry() names the programs on a GPU', async () => {
  const gpu = scriptedGpu(temporaryFolder())
  gpu.answers({ processes: [{ pid: 4711, memoryMb: 512, name: '/usr/bin/python3' }] })
  const { port, reports } = runTelemetry(gpu.binDir)
  await expect.poll(() => port.gpu()?.processes, long).toMatchObject([{ pid: 4711, memoryMb: 512 }])
  await expect
    .poll(() => reports.at(-1), long)
    .toMatchObject({ gpus: [{ processes: [{ pid: 4711, name: '/usr/bin/python3', memory_used_mb: 512 }] }] })
})

test('telemetry() says that a hung nvidia-smi does not answer, kills it, and starts the next one after it', async () => {
  const gpu = scriptedGpu(temporaryFolder())
  gpu.answers({ utilPercent: 94 })
  const { port, log } = runTelemetry(gpu.binDir, {
    timings: {
      gpu: {
        ...{ everyMs: 50, hungMs: 700, firstAnswerMs: 1000, faultMs: 60_000 },
        ...{ retryMs: 10, maxRetryMs: 20, processesEveryMs: 60_000 },
      },
      hostEveryMs: 50,
    },
  })
  await expect.poll(() => port.gpu()?.problem, long).toBeUndefined()
  gpu.hangs()
  const silent = 'nvidia-smi has not answered for more than 0.7 s'
  await expect
    .poll(() => port.gpu(), long)
    .toMatchObject({
      ...{ problem: silent, gpus: [{ utilPercent: undefined, problem: silent }] },
    })
  const most: number[] = []
  await expect
    .poll(() => {
      most.push(living(gpu).length)
      return gpu.starts().length
    }, long)
    .toBeGreaterThanOrEqual(3)
  expect(Math.max(...most)).toBe(1)
  expect(port.gpu()?.problem).toBe(silent)
  gpu.answers({ utilPercent: 12 })
  await expect.poll(() => port.gpu()?.gpus[0]?.utilPercent, long).toBe(12)
  await expect
    .poll(() => log.filter((line) => line.includes('The use of the GPU is')), long)
    .toEqual([`warn The use of the GPU is unknown: ${silent}`, 'info The use of the GPU is known again'])
})

test('telemetry() repeats the words of an nvidia-smi that fails, and recovers by itself', async () => {
  const gpu = scriptedGpu(temporaryFolder())
  gpu.exits(9, "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.")
  const { port } = runTelemetry(gpu.binDir)
  await expect
    .poll(() => port.gpu()?.problem, long)
    .toBe(
      "nvidia-smi ended with exit code 9: NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.",
    )
  gpu.answers({ utilPercent: 1 })
  await expect.poll(() => port.gpu()?.gpus[0]?.utilPercent, long).toBe(1)
})

test('telemetry() starts nvidia-smi anew when a fault of the driver lasts', async () => {
  const gpu = scriptedGpu(temporaryFolder())
  gpu.answers({ utilPercent: '[GPU is lost]' })
  runTelemetry(gpu.binDir, {
    timings: {
      gpu: {
        ...{ everyMs: 50, hungMs: 300, firstAnswerMs: 9000, faultMs: 200 },
        ...{ retryMs: 10, maxRetryMs: 20, processesEveryMs: 60_000 },
      },
    },
  })
  await expect.poll(() => gpu.starts().length, long).toBeGreaterThanOrEqual(2)
})

test('telemetry() says that nvidia-smi is missing where something shows a GPU', async () => {
  const { port } = runTelemetry(temporaryFolder())
  await expect
    .poll(() => port.gpu()?.problem, long)
    .toBe('nvidia-smi was not found on PATH, although RUNPOD_GPU_COUNT is 1')
})

test('telemetry() finds no GPU where there is no nvidia-smi and nothing shows one', async () => {
  const { port, reports } = runTelemetry(temporaryFolder(), { gpuTrace: undefined })
  await expect.poll(() => port.gpu(), long).toBeUndefined()
  await expect.poll(() => reports.at(-1), long).toMatchObject({ gpus: [], gpu_problem: null })
})

test('telemetry() leaves no nvidia-smi behind when it stops, not even a hung one', async () => {
  const gpu = scriptedGpu(temporaryFolder())
  const { port, stop, ended } = runTelemetry(gpu.binDir)
  await expect.poll(() => port.gpu()?.problem, long).toBeUndefined()
  gpu.hangs()
  await expect.poll(() => port.gpu()?.problem, long).toBeDefined()
  stop()
  await ended
  expect(living(gpu)).toEqual([])
  expect(port.gpu()?.problem).toBe('telemetry does not run; `podctl status` says why')
})
