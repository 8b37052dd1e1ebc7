import { expect, test } from 'vitest'
import { startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { scriptedGpu } from '../../fixtures/gpu/scripted-gpu.ts'
import { podctl } from '../../fixtures/http/run-program.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const patience = { timeout: 60_000 }

/** A pod whose idleness is watched, without a door, a model and a training. */
async function quietPod(env: NodeJS.ProcessEnv = {}) {
  const pod = startWithoutModel({ START_IDLE_WATCHDOG: '1', AUTOSTOP_ACTION: 'none', ...env })
  const PODMATE_SOCKET = await pod.socket()
  const answer = async () => (await pod.ask('/autostop?look=1')).json()
  return { pod, answer, podctl: (...words: string[]) => podctl(words, { PODMATE_SOCKET }) }
}

test('a GPU that only nvidia-smi shows is a signal of the watchdog, and one that stays away is none', async () => {
  const gpu = scriptedGpu(temporaryFolder())
  gpu.exits(9)
  const { pod, answer } = await quietPod({
    ...{ PATH: `${gpu.binDir}:${process.env.PATH}`, RUNPOD_GPU_COUNT: '' },
  })
  await expect.poll(() => pod.state('telemetry'), patience).toBe('ready')
  await expect.poll(() => gpu.starts().length, patience).toBeGreaterThan(0)
  const states = async () =>
    (await answer()).signals.flatMap(({ name, state }: { name: string; state: string }) =>
      name === 'gpu' ? state : [],
    )
  await expect.poll(states, patience).toEqual([])
  gpu.answers({ utilPercent: 97 })
  await expect.poll(states, patience).toEqual(['active'])
})

test('the idle clock of a pod without a door starts when `podctl ready` says that it is ready', async () => {
  const { answer, podctl } = await quietPod()
  await expect.poll(async () => (await podctl('ready')).out, patience).toBe('ready\n')
  expect((await answer()).why).toMatch(/^Nobody has used the pod for .* it is stopped after/)
  expect((await podctl('why')).out).not.toContain('Nothing is ready yet')
})

test('fewer GPUs than were asked for are told', async () => {
  const gpu = scriptedGpu(temporaryFolder())
  const { pod } = await quietPod({
    ...{ PATH: `${gpu.binDir}:${process.env.PATH}`, RUNPOD_GPU_COUNT: '2', IDLE_CHECK_INTERVAL_SECONDS: '1' },
  })
  await expect
    .poll(async () => (await pod.service('telemetry'))?.details?.gpu_problem, patience)
    .toContain('RUNPOD_GPU_COUNT is 2, and nvidia-smi lists 1')
  expect(pod.out.join('\n')).toContain('RUNPOD_GPU_COUNT is 2, and nvidia-smi lists 1')
})
