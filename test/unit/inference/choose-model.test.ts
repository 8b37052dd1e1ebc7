import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { chooseModel, NoModel } from '../../../services/inference/model-host/choose-model.ts'
import { type Device, DeviceUnavailable } from '../../../services/inference/model-host/device/device.ts'
import { findModels, versionOf } from '../../../services/inference/model-host/files/find-models.ts'
import type { LoadOrder, LoadProgress } from '../../../services/inference/model-host/protocol.ts'
import { global, type Picklable, pickleOf, put, putText, tuple } from '../../fixtures/inference/pickle.ts'
import { stateDict, tinyArtifact, torchFile } from '../../fixtures/inference/torch-file.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podmate-choose-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Writes a file that is `age` seconds old; returns its path. */
async function file(name: string, bytes: Uint8Array, age = 0): Promise<string> {
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, bytes)
  const then = 1_800_000_000 - age
  await utimes(path, then, then)
  return path
}

async function choose(order: Partial<LoadOrder> = {}, on: Device = { type: 'cpu' }) {
  const bundledModel = await file('bundled/model.pt', torchFile())
  const heard: LoadProgress[] = []
  const full = {
    ...{ modelPath: 'latest', artifactDirs: [join(folder, 'artifacts')], bundledModel },
    ...{ device: 'cpu', threads: 1, skip: [] },
    ...order,
  }
  const device = { device: on, warnings: [] }
  const chosen = await chooseModel(full, device, (progress) => heard.push(progress))
  await chosen.ready.session.release()
  return { ...chosen, heard, path: chosen.ready.path.slice(folder.length + 1) }
}

describe('findModels()', () => {
  const names = async (...dirs: string[]) => {
    const { candidates } = await findModels(dirs.map((dir) => join(folder, dir)))
    return candidates.map(({ path }) => path.slice(folder.length + 1))
  }

  test('knows models by the ends of their names, in any case', async () => {
    for (const name of ['a.PT', 'b.pth', 'c.ckpt', 'd.Onnx', 'e.bin', 'f.pt.part', 'pt'])
      await file(`one/${name}`, Buffer.of(1))
    expect(await names('one')).toEqual(['one/d.Onnx', 'one/c.ckpt', 'one/b.pth', 'one/a.PT'])
  })

  test('lists .pt and .onnx files of all folders, newest first, of equal age the last path first', async () => {
    await file('one/a.pt', Buffer.of(1), 50)
    await file('one/deep/er/b.onnx', Buffer.of(1), 10)
    await file('two/c.pt', Buffer.of(1), 20)
    await file('two/d.pt', Buffer.of(1), 20)
    await file('two/e.json', Buffer.of(1))
    expect(await names('one', 'two', 'missing')).toEqual([
      'one/deep/er/b.onnx',
      'two/d.pt',
      'two/c.pt',
      'one/a.pt',
    ])
  })

  test('passes over the state of a training', async () => {
    await file('one/checkpoint-8/model.pt', Buffer.of(1))
    for (const name of ['optimizer.pt', 'scheduler.pt', 'scaler.pt'])
      await file(`one/checkpoint-8/${name}`, Buffer.of(1))
    expect(await names('one')).toEqual(['one/checkpoint-8/model.pt'])
  })

  test('passes over hidden names, links to folders and what lies too deep', async () => {
    await file('one/.model.pt.123.partial', Buffer.of(1))
    await file('one/.hidden.pt', Buffer.of(1))
    await file('one/.git/c.pt', Buffer.of(1))
    await file('one/1/2/3/4/5/6/seen.pt', Buffer.of(1))
    await file('one/1/2/3/4/5/6/7/unseen.pt', Buffer.of(1))
    await symlink(join(folder, 'one'), join(folder, 'one', 'loop'))
    expect(await names('one')).toEqual(['one/1/2/3/4/5/6/seen.pt'])
  })

  test('follows a link to a file, and names one that leads nowhere useful', async () => {
    await file('runs/3/model.pt', Buffer.of(1), 5)
    await mkdir(join(folder, 'one'))
    await symlink(join(folder, 'runs/3/model.pt'), join(folder, 'one', 'best.pt'))
    await symlink(join(folder, 'runs'), join(folder, 'one', 'folder.pt'))
    await symlink(join(folder, 'gone'), join(folder, 'one', 'gone.pt'))
    const { candidates, rejected } = await findModels([join(folder, 'one')])
    expect(candidates.map(({ path }) => path)).toEqual([join(folder, 'one', 'best.pt')])
    expect(rejected.map(({ reason }) => reason)).toEqual([`${join(folder, 'one', 'folder.pt')} is no file`])
  })
})

describe('chooseModel() with latest', () => {
  test('takes the newest', async () => {
    await file('artifacts/old.pt', torchFile(), 60)
    await file('artifacts/run/new.pt', torchFile(), 30)
    expect(await choose()).toMatchObject({ path: 'artifacts/run/new.pt', source: 'latest', rejected: [] })
  })

  test('passes over what is empty, cut short, foreign or hostile, naming each with its reason', async () => {
    const attack = pickleOf(global('os', 'system'), tuple(putText('true')), 'R')
    await file('artifacts/6-hostile.pt', torchFile(tinyArtifact(), attack), 1)
    await file('artifacts/5-empty.pt', Buffer.alloc(0), 2)
    await file('artifacts/4-cut.pt', torchFile().subarray(0, 900), 3)
    await file('artifacts/3-foreign.pt', torchFile(tinyArtifact(), pickleOf(put(new Map([['epoch', 3]])))), 4)
    await file('artifacts/2-no-side-file.onnx', Buffer.of(0x3a, 0), 5) // an empty graph
    await file('artifacts/1-good.pt', torchFile(), 6)
    const { path, rejected } = await choose()
    expect(path).toBe('artifacts/1-good.pt')
    expect(rejected.map(({ path, reason }) => `${path.split('/').at(-1)}: ${reason.slice(0, 40)}`)).toEqual([
      '6-hostile.pt: its pickle names "os.system", which torc',
      '5-empty.pt: it is empty',
      '4-cut.pt: it is no complete zip archive: cut short',
      '3-foreign.pt: it holds no vocab: it is a training stat',
      '2-no-side-file.onnx: it has no side file with its vocabulary:',
    ])
  })

  test('takes checkpoints by any of their names, and knows training states for what they are', async () => {
    const state = new Map<string, Picklable>([
      ['epoch', 3],
      ['net', new Map()],
      ['optimizer', new Map()],
    ])
    await file('artifacts/1-state.ckpt', torchFile(tinyArtifact(), pickleOf(put(state))), 1)
    await file('artifacts/2-optimizer.pt', torchFile(tinyArtifact(), pickleOf(put(new Map()))), 2)
    const bare = new Map<string, Picklable>([['state_dict', new Map()]])
    await file('artifacts/3-bare.pth', torchFile(tinyArtifact(), pickleOf(put(bare))), 3)
    await file('artifacts/4-good.PTH', torchFile(), 4)
    const { path, rejected } = await choose()
    expect(path).toBe('artifacts/4-good.PTH')
    expect(rejected.map(({ isNoModel = false }) => isNoModel)).toEqual([true, true, false])
  })

  test('passes over weights that are not numbers', async () => {
    const broken = tinyArtifact()
    const bias = { data: new Float32Array(10).fill(Number.NaN), shape: [10], key: 'nan' }
    stateDict(broken).set('classifier.bias', bias)
    await file('artifacts/nan.pt', torchFile(broken))
    expect(await choose()).toMatchObject({
      source: 'bundled',
      rejected: [{ reason: expect.stringContaining('not finite') }],
    })
  })

  test('takes the bundled one when there is nothing else', async () => {
    expect(await choose()).toMatchObject({ path: 'bundled/model.pt', source: 'bundled', rejected: [] })
  })

  test('passes over a suspect until it is written again', async () => {
    const path = await file('artifacts/new.pt', torchFile(), 30)
    const { heard } = await choose()
    const version = heard.find((progress) => progress.path === path)?.version ?? ''
    const skip = [{ path, version, reason: 'the model host ended 2 times on it' }]
    expect(await choose({ skip })).toMatchObject({
      source: 'bundled',
      rejected: [{ path, reason: skip[0]?.reason }],
    })
    await file('artifacts/new.pt', torchFile(), 29)
    expect(await choose({ skip })).toMatchObject({ source: 'latest' })
  })

  test('says that nothing at all can be served, and why', async () => {
    await file('artifacts/empty.pt', Buffer.alloc(0))
    const failure = await choose({ bundledModel: join(folder, 'nowhere.pt') }).catch(
      (error: unknown) => error,
    )
    expect(failure).toBeInstanceOf(NoModel)
    expect(failure).toMatchObject({
      message: expect.stringContaining('the bundled one cannot be served: it does not exist.'),
      rejected: [{ reason: 'it is empty' }, { reason: 'it does not exist' }],
    })
  })
})

describe('chooseModel() with a path', () => {
  test('takes that file and nothing newer', async () => {
    const modelPath = await file('mine.pt', torchFile(), 100)
    await file('artifacts/new.pt', torchFile())
    expect(await choose({ modelPath })).toMatchObject({ path: 'mine.pt', source: 'file' })
  })

  test.each([
    ['a missing file', undefined, 'it does not exist'],
    ['a corrupt file', Buffer.from('x'), 'it is no complete zip archive'],
  ])('never takes another for %s', async (_name, bytes, says) => {
    await file('artifacts/new.pt', torchFile())
    const modelPath = bytes ? await file('mine.pt', bytes) : join(folder, 'mine.pt')
    await expect(choose({ modelPath })).rejects.toThrow(
      `INFERENCE_API_MODEL_PATH ${modelPath} cannot be served: ${says}`,
    )
  })
})

test('chooseModel() tells every stage with the file and its version', async () => {
  const path = await file('artifacts/new.pt', torchFile())
  const { heard } = await choose()
  const stages = heard.map(({ stage }) => stage)
  expect(stages.filter((stage, at) => stage !== stages[at - 1])).toEqual([
    'find',
    'read',
    'prepare',
    'warm up',
  ])
  const versions = new Set(heard.filter((progress) => progress.path === path).map(({ version }) => version))
  expect(versions.size).toBe(1)
})

describe('chooseModel() on a GPU that fails with the model itself', () => {
  const gpu: Device = { type: 'cuda', index: 7 }

  test('goes on with the CPU for auto, and says why', async () => {
    const path = await file('artifacts/new.pt', torchFile())
    const chosen = await choose({ device: 'auto' }, gpu)
    expect(join(folder, chosen.path)).toBe(path)
    expect(chosen.ready.session.device).toBe('cpu')
    expect(chosen.rejected).toEqual([]) // it was not the file
    expect(chosen.device.warnings).toEqual([expect.stringMatching(/^cuda:7 does not work here: /)])
  })

  test('is an error for an explicit cuda', async () => {
    await file('artifacts/new.pt', torchFile())
    const failure = choose({ device: 'cuda:7' }, gpu)
    await expect(failure).rejects.toThrow(DeviceUnavailable)
    await expect(failure).rejects.toThrow('INFERENCE_API_DEVICE=cuda:7, but cuda:7 does not work here: ')
  })
})

describe('chooseModel() with a file that was found or asked for', () => {
  const within = () => [join(folder, 'artifacts')]

  test('takes it, and says where it comes from', async () => {
    const modelPath = await file('artifacts/a.pt', torchFile())
    const chosen = await choose({ modelPath, wanted: { source: 'latest', within: within() } })
    expect(chosen).toMatchObject({
      source: 'latest',
      version: { path: modelPath, mtimeMs: 1_800_000_000_000 },
    })
  })

  test('takes no link that leads out, and every other', async () => {
    const outside = await file('secret.pt', torchFile())
    const inside = await file('artifacts/a.pt', torchFile())
    const link = join(folder, 'artifacts', 'link.pt')
    await symlink(outside, link)
    const failure = await choose({ modelPath: link, wanted: { source: 'file', within: within() } }).catch(
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ rejected: [{ path: link, outside: true }] })
    await rm(link)
    await symlink(inside, link)
    expect(await choose({ modelPath: link, wanted: { source: 'file', within: within() } })).toMatchObject({
      path: 'artifacts/link.pt',
    })
  })

  test('does not take another version than the one that is meant', async () => {
    const modelPath = await file('artifacts/a.pt', torchFile(), 5)
    const { version } = await choose({ modelPath })
    await file('artifacts/a.pt', torchFile(), 4)
    await expect(choose({ modelPath, wanted: { source: 'file', within: [], version } })).rejects.toThrow(
      'it was written again since it was served',
    )
  })
})

test('findModels() takes an .onnx for another version once its side file has come', async () => {
  await file('one/a.onnx', Buffer.of(1))
  const before = await findModels([join(folder, 'one')])
  await file('one/a.json', Buffer.from('{}'))
  const after = await findModels([join(folder, 'one')])
  const versions = [before, after].map(({ candidates }) => candidates.map(versionOf))
  expect(versions[0]).toHaveLength(1)
  expect(versions[0]).not.toEqual(versions[1])
})
