import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { InferenceOptions } from '../../../services/inference/service.ts'
import { runInference } from '../../fixtures/inference/run-inference.ts'
import { torchFile } from '../../fixtures/inference/torch-file.ts'
import { bindfs, noBindfs } from '../../fixtures/state/mounts.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podmate-volume-'))
  await writeFile(join(folder, 'model.pt'), torchFile())
})
afterAll(() => rm(folder, { recursive: true }))

async function started(options: Partial<InferenceOptions>) {
  const one = await runInference({ bundledModel: join(folder, 'model.pt'), ...options })
  onTestFinished(() => one.stop())
  await one.becomes('ready')
  return one
}

const missing = noBindfs()

test('a hung artifacts folder is named and passed over: the bundled model is served', async (context) => {
  if (missing) return context.skip(missing)
  const volume = await bindfs()
  volume.process.kill('SIGSTOP')
  const one = await started({ artifactDirs: [volume.mounted] })
  expect(one.health()).toMatchObject({ source: 'bundled' })
  expect(one.status()?.details?.rejected).toEqual([
    { path: volume.mounted, reason: `${volume.mounted} does not answer: is its volume hung?` },
  ])
  expect((await one.infer({ context: [] })).status).toBe(200)
})

test('a volume that hangs after the model was loaded is not missed', async (context) => {
  if (missing) return context.skip(missing)
  const volume = await bindfs()
  await writeFile(join(volume.real, 'new.pt'), torchFile())
  const one = await started({ artifactDirs: [volume.mounted] })
  expect(one.health()).toMatchObject({ source: 'latest', model_path: join(volume.mounted, 'new.pt') })
  volume.process.kill('SIGSTOP')
  expect((await one.infer({ context: ['e2e4'] })).status).toBe(200)
})
