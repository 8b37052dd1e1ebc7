import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readPt } from '../../../services/inference/model-host/files/read-pt.ts'
import { loadModel } from '../../../services/inference/model-host/load-model.ts'
import { checkContract, type ValueInfo } from '../../../services/inference/model-host/onnx/onnx-contract.ts'
import type { Row } from '../../../services/inference/model-host/protocol.ts'
import { tinyArtifact, torchFile } from '../../fixtures/inference/torch-file.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podmate-onnx-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Writes the same model as `.pt` and as `model.onnx` with its side file. */
async function bothForms({ side = 'model.json', extra = {} } = {}) {
  const pt = join(folder, 'model.pt')
  const onnx = join(folder, 'model.onnx')
  await writeFile(pt, torchFile(tinyArtifact({ phase: true })))
  const model = await readPt(pt, () => {})
  await writeFile(onnx, model.onnx)
  const vocab = Object.fromEntries(model.tokens.map((token, id) => [token, id]))
  await writeFile(join(folder, side), JSON.stringify({ vocab, ...extra }))
  return { pt, onnx }
}

const row: Row = { kind: 'tokens', tokens: [2, 3, 1], winner: 1, phase: 2, side: 1 }

async function scoresOf(path: string): Promise<Float32Array> {
  const candidate = { path, bytes: 1, mtimeMs: 0 }
  const { session } = await loadModel(candidate, { device: { type: 'cpu' }, threads: 1, onStage: () => {} })
  const [output] = await session.run([row])
  await session.release()
  return output?.scores ?? new Float32Array(0)
}

test.each(['model.json', 'model.onnx.json'])(
  'an .onnx with the side file %s answers as its .pt',
  async (side) => {
    const { pt, onnx } = await bothForms({ side })
    expect(await scoresOf(onnx)).toEqual(await scoresOf(pt))
  },
)

describe('an .onnx is refused, naming the side file', () => {
  test.each([
    ['not JSON', '{"vocab": {', 'is no complete JSON'],
    ['a list', '[]', 'has no object "vocab"'],
    ['a number', '7', 'holds no object'],
    [
      'a vocabulary of another size',
      '{"vocab": {"<PAD>": 0, "<UNK>": 1}}',
      'logits is float32 [batch, 10]; expected float32 [1, 2]',
    ],
    ['another family', '{"model_family": "maia", "vocab": {}}', 'model_family is "maia"'],
    ['ids that are texts', '{"vocab": {"<PAD>": "0", "<UNK>": "1"}}', 'does not map texts to numbers'],
  ])('when it holds %s', async (_name, text, says) => {
    const { onnx } = await bothForms()
    await writeFile(join(folder, 'model.json'), text)
    await expect(scoresOf(onnx)).rejects.toThrow(says)
  })

  test('when it is missing, with the names that are looked for', async () => {
    const { onnx } = await bothForms({ side: 'other.json' })
    const [first, second] = [join(folder, 'model.json'), join(folder, 'model.onnx.json')]
    await expect(scoresOf(onnx)).rejects.toThrow(`put ${first} or ${second} beside it`)
  })

  test('when the graph itself is cut short', async () => {
    const { onnx } = await bothForms()
    await writeFile(onnx, Buffer.from('no protobuf at all'))
    await expect(scoresOf(onnx)).rejects.toThrow()
  })
})

describe('checkContract()', () => {
  const tokens: ValueInfo = { name: 'tokens', isTensor: true, type: 'int64', shape: ['batch', 'seq'] }
  const lengths: ValueInfo = { name: 'lengths', isTensor: true, type: 'int64', shape: ['batch'] }
  const logits: ValueInfo = { name: 'logits', isTensor: true, type: 'float32', shape: ['batch', 10] }

  test('takes what the trainers write, features or not', () => {
    const winner = { ...lengths, name: 'winner_ids' }
    expect(checkContract([tokens, lengths], [logits], 10)).toBeUndefined()
    expect(checkContract([winner, tokens, lengths], [{ ...logits, shape: ['a', 'b'] }], 10)).toBeUndefined()
    expect(checkContract([{ ...tokens, shape: [1, 'seq'] }, lengths], [logits], 10)).toBeUndefined()
  })

  test.each([
    ['no tokens', [lengths], [logits], 'its graph lacks the input tokens, int64 [1, free]'],
    [
      'int32 tokens',
      [{ ...tokens, type: 'int32' }, lengths],
      [logits],
      'input tokens is int32 [batch, seq]; expected int64 [1, free]',
    ],
    [
      'a fixed length',
      [{ ...tokens, shape: [1, 80] }, lengths],
      [logits],
      'input tokens is int64 [1, 80]; expected int64 [1, free]',
    ],
    [
      'a rank too many',
      [tokens, { ...lengths, shape: ['b', 's'] }],
      [logits],
      'input lengths is int64 [b, s]',
    ],
    [
      'an unknown input',
      [tokens, lengths, { ...lengths, name: 'elo' }],
      [logits],
      'its graph has the input elo; known are tokens',
    ],
    ['no logits', [tokens, lengths], [{ ...logits, name: 'policy' }], 'its graph lacks the output logits'],
    [
      'another vocabulary',
      [tokens, lengths],
      [{ ...logits, shape: ['b', 9] }],
      'output logits is float32 [b, 9]; expected float32 [1, 10]',
    ],
    ['no tensor', [tokens, lengths], [{ name: 'logits', isTensor: false }], 'output logits is no tensor []'],
  ])('refuses %s', (_name, inputs, outputs, says) => {
    expect(() => checkContract(inputs, outputs, 10)).toThrow(says)
  })
})
