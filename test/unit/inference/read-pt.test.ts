import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ModelFile } from '../../../services/inference/model-host/files/model-file.ts'
import { readPt } from '../../../services/inference/model-host/files/read-pt.ts'
import { pickleOf, put, putMemoBomb } from '../../fixtures/inference/pickle.ts'
import {
  type Artifact,
  dictionary,
  stateDict,
  tensorMaker,
  tinyArtifact,
  torchFile,
} from '../../fixtures/inference/torch-file.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podmate-pt-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function read(bytes: Uint8Array): Promise<ModelFile> {
  const path = join(folder, 'model.pt')
  await writeFile(path, bytes)
  return readPt(path, () => {})
}

function changed(change: (artifact: Artifact) => void, artifact = tinyArtifact()): Buffer {
  change(artifact)
  return torchFile(artifact)
}

test('readPt() gives the tokens by id, the number of parameters and the bytes of an ONNX model', async () => {
  const model = await read(torchFile())
  expect(model.tokens.slice(0, 3)).toEqual(['<PAD>', '<UNK>', 'e2e4'])
  expect(model).toMatchObject({ family: 'next_move_lstm', unknownId: 1 })
  expect(model.parameters).toBe(10 * 4 + 24 * (4 + 6 + 1 + 1) + 4 * 8 + 10 * (6 + 8) + 10)
  expect(model.onnx.length).toBeGreaterThan(4 * Number(model.parameters))
})

test('readPt() tells every block that it reads', async () => {
  const bytes = torchFile()
  const path = join(folder, 'told.pt')
  await writeFile(path, bytes)
  let read = 0
  await readPt(path, (block) => {
    read += block
  })
  expect(read).toBeGreaterThan(bytes.length / 2)
  expect(read).toBeLessThan(bytes.length)
})

describe('readPt() lays tensors out as torch sees them', () => {
  test('transposed, with an offset, in a storage that two tensors share', async () => {
    const plain = tinyArtifact()
    const bias = (plain: Artifact) => {
      const both = tensorMaker(9)([24 * 2])
      const state = stateDict(plain)
      state.set('lstm.bias_ih_l0', { ...both, key: 'own1', data: both.data.slice(0, 24), shape: [24] })
      state.set('lstm.bias_hh_l0', { ...both, key: 'own2', data: both.data.slice(24), shape: [24] })
    }
    bias(plain)
    const odd = tinyArtifact()
    const both = tensorMaker(9)([24 * 2])
    stateDict(odd).set('lstm.bias_ih_l0', { ...both, key: 'shared', shape: [24] })
    stateDict(odd).set('lstm.bias_hh_l0', { ...both, key: 'shared', shape: [24], offset: 24 })
    transpose(odd, 'token_embed.weight')
    transpose(odd, 'classifier.weight')
    expect((await read(torchFile(odd))).onnx).toEqual((await read(torchFile(plain))).onnx)
  })

  test('expanded: a stride of 0 repeats a number', async () => {
    const repeated = tinyArtifact()
    const one = { data: Float32Array.of(0.5, ...new Array(9).fill(0)), shape: [10], key: 'one' }
    stateDict(repeated).set('classifier.bias', { ...one, strides: [0] })
    const full = tinyArtifact()
    stateDict(full).set('classifier.bias', { ...one, data: new Float32Array(10).fill(0.5) })
    expect((await read(torchFile(repeated))).onnx).toEqual((await read(torchFile(full))).onnx)
  })
})

/** Keeps what the tensor is and stores it column by column. */
function transpose(artifact: Artifact, name: string): void {
  const tensor = stateDict(artifact).get(name)
  if (typeof tensor !== 'object' || tensor === null || !('shape' in tensor))
    throw new Error(`no tensor ${name}`)
  const [rows = 0, columns = 0] = tensor.shape
  const data = Float32Array.from(
    tensor.data,
    (_value, at) => tensor.data[(at % rows) * columns + Math.floor(at / rows)] ?? 0,
  )
  stateDict(artifact).set(name, { ...tensor, data, strides: [1, rows] })
}

describe('readPt() fills in what old artifacts do not say', () => {
  const onlyDims = (artifact: Artifact) => artifact.set('config', new Map([['embed_dim', 4]]))

  test('no phase, no side to move, a winner, one layer', async () => {
    expect((await read(changed(onlyDims))).onnx).toEqual((await read(torchFile())).onnx)
  })

  test('embeddings that are there but not used are left out', async () => {
    const model = await read(torchFile(tinyArtifact({ winner: false })))
    expect(Buffer.from(model.onnx).includes('winner_ids')).toBe(false)
  })
})

describe('readPt() refuses, naming the tensor, what was expected and what was found', () => {
  const tensor = tensorMaker(3)
  const cases: Readonly<Record<string, { change: (artifact: Artifact) => void; says: string }>> = {
    'another width': {
      change: (artifact) => dictionary(artifact, 'config').set('hidden_dim', 7),
      says: 'its tensor classifier.weight has the shape [10,14]; config and vocab call for [10,15]',
    },
    'another vocabulary': {
      change: (artifact) => dictionary(artifact, 'vocab').set('h7h5', 10),
      says: 'its tensor token_embed.weight has the shape [10,4]; config and vocab call for [11,4]',
    },
    'a missing tensor': {
      change: (artifact) => stateDict(artifact).delete('lstm.bias_hh_l0'),
      says: 'its state_dict lacks lstm.bias_hh_l0, expected with the shape [24]',
    },
    'a tensor of another architecture': {
      change: (artifact) =>
        stateDict(artifact).set('lstm.weight_ih_l0_reverse', { ...tensor([24, 4]), key: 'r' }),
      says: '"lstm.weight_ih_l0_reverse", which a NextMoveLSTM of its config does not have',
    },
    'a feature without its embedding': {
      change: (artifact) => dictionary(artifact, 'config').set('use_phase', true),
      says: 'its config gives no usable width of phase_embed.weight',
    },
    'a flag that is none': {
      change: (artifact) => dictionary(artifact, 'config').set('use_winner', 'yes'),
      says: 'its config says use_winner is "yes"; expected true or false',
    },
    'a width that is none': {
      change: (artifact) => dictionary(artifact, 'config').set('embed_dim', -4),
      says: 'embed_dim is -4',
    },
    'a million layers': {
      change: (artifact) => dictionary(artifact, 'config').set('num_layers', 1_000_000),
      says: '1000000 layers',
    },
    'another family': {
      change: (artifact) => artifact.set('model_family', 'maia'),
      says: 'its model_family is "maia"; next_move_lstm is served',
    },
    'no vocabulary': { change: (artifact) => artifact.delete('vocab'), says: 'no dictionary vocab' },
    'ids with a gap': {
      change: (artifact) => dictionary(artifact, 'vocab').set('e2e4', 99),
      says: 'its vocab gives "e2e4" the id 99; ids must be 0 to 9, each once',
    },
    'an id given twice': {
      change: (artifact) => dictionary(artifact, 'vocab').set('e2e4', 3),
      says: '"d2d4" the id 3',
    },
    'a text in the place of a tensor': {
      change: (artifact) => stateDict(artifact).set('classifier.bias', 'hello'),
      says: 'its state_dict lacks classifier.bias',
    },
    'whole numbers as weights': {
      change: (artifact) => {
        const bytes = { ...tensor([10]), key: 'bytes', storageType: 'CharStorage' }
        stateDict(artifact).set('classifier.bias', bytes)
      },
      says: 'its tensor classifier.bias holds int8; float32, float16, bfloat16 and float64 are served',
    },
    'a tensor twice': {
      change: (artifact) => stateDict(artifact).set('module.classifier.bias', { ...tensor([10]), key: 'b' }),
      says: 'its weights hold classifier.bias twice: as "classifier.bias" and as "module.classifier.bias"',
    },
  }
  test.each(Object.entries(cases))('%s', async (_name, { change, says }) => {
    await expect(read(changed(change))).rejects.toThrow(says)
  })

  test('a tensor that reaches beyond its storage', async () => {
    const change = (artifact: Artifact) =>
      stateDict(artifact).set('classifier.bias', { ...tensor([10]), key: 'b', offset: 1 })
    await expect(read(changed(change))).rejects.toThrow('reaches beyond its storage')
  })

  test('a list in place of the artifact', async () => {
    await expect(read(torchFile(tinyArtifact(), pickleOf(put([1]))))).rejects.toThrow('no dictionary')
  })

  test('a family that is a memo bomb, at once', async () => {
    const pickle = pickleOf(put(tinyArtifact()), put('model_family'), putMemoBomb(), 's')
    await expect(read(torchFile(tinyArtifact(), pickle))).rejects.toThrow('model_family is no text')
  })
})
