import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { runInference } from '../../fixtures/inference/run-inference.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const program = fileURLToPath(new URL('../../fixtures/inference/gpu-host.ts', import.meta.url))
const soon = { timeout: 60_000, interval: 20 }

/** A pod whose GPU is played by a stand-in; its memory is full from the start. */
async function started(device: string, gpuRetryMs: number) {
  const full = join(temporaryFolder(), 'full')
  writeFileSync(full, '')
  const one = await runInference({ device, gpuRetryMs, host: { env: { GPU_FULL: full }, program } })
  onTestFinished(() => one.stop())
  await one.becomes('ready')
  return { ...one, free: () => rmSync(full) }
}

const opening = { context: ['e2e4'] }

test('a GPU whose memory is full while it answers is given up for the CPU after two failures, and taken again later', async () => {
  const one = await started('auto', 3000)
  expect(one.health()).toMatchObject({ device: 'cuda:0', generation: 1 })
  const failed = await one.infer(opening)
  expect(failed.status).toBe(503)
  expect(await failed.json()).toMatchObject({ detail: expect.stringContaining('exit 86: the GPU failed') })
  await expect.poll(() => one.health().generation, soon).toBe(2)
  expect((await one.infer(opening)).status).toBe(503)
  await expect
    .poll(() => one.health(), soon)
    .toMatchObject({ generation: 3, device: 'cpu', device_requested: 'auto' })
  expect(await (await one.infer(opening)).json()).toMatchObject({ device: 'cpu', generation: 3 })
  expect(one.status()?.details?.warnings).toEqual([
    expect.stringContaining('the GPU failed 2 times while it answered'),
  ])
  expect(one.logLines().join('\n')).toContain(
    'cuda:0 failed: its memory is full, probably because of the trainer',
  )
  one.free()
  await expect.poll(() => one.health(), soon).toMatchObject({ generation: 4, device: 'cuda:0' })
  expect(await (await one.infer(opening)).json()).toMatchObject({ device: 'cuda:0', generation: 4 })
  expect(one.status()?.details?.warnings).toEqual([])
})

test('an explicit cuda that fails again and again is restarted, and never becomes the CPU', async () => {
  const one = await started('cuda:0', 60_000)
  for (const generation of [2, 3, 4]) {
    expect((await one.infer(opening)).status).toBe(503)
    await expect.poll(() => one.health(), soon).toMatchObject({ generation, device: 'cuda:0' })
  }
  expect(one.status()?.lastEnding).toMatchObject({ exitCode: 86, reason: 'exit 86: the GPU failed' })
})
