import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findCheckpoint } from '../../../services/trainer/find-checkpoint.ts'
import { storedZip } from '../../fixtures/inference/stored-zip.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

test('findCheckpoint() takes the newest model, and no optimizer beside it', async () => {
  const folder = temporaryFolder()
  const whole = storedZip([{ name: 'archive/data.pkl', data: Buffer.alloc(300, 1) }])
  for (const name of ['model.pt', 'optimizer.pt', 'rng_state_0.pth']) writeFileSync(join(folder, name), whole)
  utimesSync(join(folder, 'model.pt'), 1, 1)
  const env = { PATH: process.env.PATH ?? '' }
  const found = await findCheckpoint({ dirs: [folder], models: true }, { env, deadlineMs: 600_000 })
  expect(found).toEqual({ path: join(folder, 'model.pt'), passedOver: [] })
})

test('findCheckpoint() hears what was found however late its thread is', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'run'))
  const path = join(folder, 'run/train_state.ckpt')
  writeFileSync(path, storedZip([{ name: 'archive/data.pkl', data: Buffer.alloc(300, 1) }]))
  for (let round = 0; round < 3; round += 1) {
    const env = { PATH: process.env.PATH ?? '' }
    const found = findCheckpoint({ dirs: [folder], models: false }, { env, deadlineMs: 60_000 })
    // Its answer and its end may be there at the same time for a thread that was busy meanwhile.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000)
    expect(await found).toEqual({ path, passedOver: [] })
  }
})
