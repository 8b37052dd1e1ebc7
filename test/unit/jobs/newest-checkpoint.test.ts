import { mkdirSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { newestCheckpoint } from '../../../services/trainer/program/newest-checkpoint.ts'
import { safetensors } from '../../fixtures/artifacts/model-files.ts'
import { storedZip } from '../../fixtures/inference/stored-zip.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const zip = storedZip([{ name: 'archive/data.pkl', data: Buffer.alloc(300, 1) }])

/** Files in a folder, each a minute newer than the one before it. */
function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryFolder()
  Object.entries(files).forEach(([name, content], at) => {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    utimesSync(path, 1_700_000_000 + at * 60, 1_700_000_000 + at * 60)
  })
  return folder
}

const found = async (folder: string, models = true) => {
  const { path, passedOver } = await newestCheckpoint({ dirs: [folder], models })
  return { name: path?.slice(folder.length + 1), reasons: passedOver.map(({ reason }) => reason) }
}

describe('newestCheckpoint()', () => {
  test('takes the newest state that is whole', async () => {
    const folder = folderOf({ 'old/train_state.ckpt': zip, 'new/train_state.ckpt': zip, 'model.pt': zip })
    expect(await found(folder)).toEqual({ name: 'new/train_state.ckpt', reasons: [] })
    truncateSync(join(folder, 'new/train_state.ckpt'), zip.length - 10)
    expect(await found(folder)).toEqual({
      name: 'old/train_state.ckpt',
      reasons: ['it is cut short, or still being written'],
    })
  })

  test('takes a folder of the Trainer once its state and its weights are whole', async () => {
    const folder = folderOf({
      'run/checkpoint-50/model.safetensors': safetensors({ weight: 64 }),
      'run/checkpoint-50/trainer_state.json': '{"global_step": 50, "best_metric": NaN}',
      'run/checkpoint-100/model.safetensors': safetensors({ weight: 64 }),
      'run/checkpoint-100/trainer_state.json': '{"global_step": 100}',
      'run/checkpoint-150/model.safetensors': safetensors({ weight: 64 }),
    })
    const { name, reasons } = await found(folder)
    expect(name).toBe('run/checkpoint-100')
    expect(reasons).toEqual(['its trainer_state.json is missing or not complete'])
    truncateSync(join(folder, 'run/checkpoint-100/model.safetensors'), 70)
    expect((await found(folder)).name).toBe('run/checkpoint-50')
  })

  test('takes a model alone only where it is asked to', async () => {
    const folder = folderOf({ 'model.pt': zip, 'notes.txt': 'x', '.hidden.ckpt': zip })
    expect((await found(folder)).name).toBe('model.pt')
    expect((await found(folder, false)).name).toBeUndefined()
  })

  test('finds nothing where nothing is', async () => {
    expect(await found(join(temporaryFolder(), 'missing'))).toEqual({ name: undefined, reasons: [] })
  })
})
