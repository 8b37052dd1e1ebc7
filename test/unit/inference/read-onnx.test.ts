import { mkdir, mkdtemp, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { completeness, fileVersion } from '../../../services/inference/model-host/files/completeness.ts'
import { candidateAt } from '../../../services/inference/model-host/files/find-models.ts'
import { withData } from '../../../services/inference/model-host/files/onnx-data.ts'
import { readPt } from '../../../services/inference/model-host/files/read-pt.ts'
import { loadModel } from '../../../services/inference/model-host/load-model.ts'
import { ModelRefused, reasonOf } from '../../../services/inference/model-host/model-refused.ts'
import { externalTensors } from '../../../services/inference/model-host/onnx/external-tensors.ts'
import { checkContract, type ValueInfo } from '../../../services/inference/model-host/onnx/onnx-contract.ts'
import { isSameContent, type Row } from '../../../services/inference/model-host/protocol.ts'
import {
  type ExternalPlace,
  onnxWithExternalBias,
  onnxWithExternalConstant,
} from '../../fixtures/inference/external-onnx.ts'
import type { TensorSpec } from '../../fixtures/inference/pickle.ts'
import { stateDict, tinyArtifact, torchFile } from '../../fixtures/inference/torch-file.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podmate-onnx-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Writes the same model as `.pt` and as `model.onnx` with its side file. */
async function bothForms({ side = 'model.json', extra = {} } = {}) {
  const pt = join(folder, 'model.pt')
  const onnx = join(folder, 'model.onnx')
  const artifact = tinyArtifact({ phase: true })
  await writeFile(pt, torchFile(artifact))
  const model = await readPt(pt, () => {})
  await writeFile(onnx, model.onnx)
  const vocab = Object.fromEntries(model.tokens.map((token, id) => [token, id]))
  const text = JSON.stringify({ vocab, ...extra })
  await writeFile(join(folder, side), text)
  const bias = stateDict(artifact).get('classifier.bias') as TensorSpec // tinyArtifact() put it there
  return { pt, onnx, side: text, bias: bias.data }
}

const row: Row = { kind: 'tokens', tokens: [2, 3, 1], winner: 1, phase: 2, side: 1 }

async function scoresOf(path: string): Promise<Float32Array> {
  const candidate = await candidateAt(path)
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

test.each([
  ['UTF-8', (text: string) => Buffer.from(`\ufeff${text}`)],
  ['UTF-16, little end first', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16, big end first', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
])('a side file may begin with a byte order mark: %s', async (_name, written) => {
  const { pt, onnx, side } = await bothForms()
  await writeFile(join(folder, 'model.json'), written(side))
  expect(await scoresOf(onnx)).toEqual(await scoresOf(pt))
})

describe('an .onnx in two files', () => {
  /** The model of `bothForms` with its last bias in a file beside it, 8 bytes from its start. */
  async function twoFiles(place: Partial<ExternalPlace> = {}) {
    const forms = await bothForms()
    const data = join(folder, 'model.onnx.data')
    await writeFile(data, Buffer.concat([Buffer.alloc(8), Buffer.from(forms.bias.buffer)]))
    await writeFile(
      forms.onnx,
      await onnxWithExternalBias(forms.pt, { location: 'model.onnx.data', offset: '8', ...place }),
    )
    return { ...forms, data }
  }

  test('answers as in one', async () => {
    const { pt, onnx } = await twoFiles()
    expect(await scoresOf(onnx)).toEqual(await scoresOf(pt))
  })

  test.each([
    ['an absolute path', '/etc/hostname'],
    ['a path upwards', '../model.onnx.data'],
    ['a folder', 'weights/model.onnx.data'],
    ['this folder', './model.onnx.data'],
    ['a path of Windows', 'weights\\model.data'],
    ['the memory of the process', '*/_ORT_MEM_ADDR_/*'],
    ['no name', ''],
    ['the folder itself', '.'],
  ])('is refused when it names %s', async (_name, location) => {
    const { onnx } = await twoFiles({ location })
    const says = `its external data lies in ${JSON.stringify(location)}; only a file beside it`
    await expect(scoresOf(onnx)).rejects.toThrow(says)
  })

  test.each([
    [
      'is missing',
      { location: 'gone.data' },
      '"gone.data", which is not beside it: copy that file there too',
    ],
    ['is cut', { offset: '9' }, 'which is cut: it has 48 bytes where 49 belong'],
    ['is a folder', { location: 'folder' }, '"folder", which is no file'],
    ['is a link', { location: 'link' }, '"link", which is a link: put the file itself there'],
    ['starts before its start', { offset: '-8' }, '"classifier_bias" lies at no place of its file: "-8"'],
    ['has a length that is no number', { length: '1e9' }, 'lies at no place of its file: "1e9"'],
    ['starts beyond exact numbers', { offset: '99999999999999999999' }, 'lies at no place of its file'],
  ])('is refused when the second %s', async (_name, place, says) => {
    const { onnx, data } = await twoFiles(place)
    await mkdir(join(folder, 'folder'))
    await symlink(data, join(folder, 'link'))
    await expect(scoresOf(onnx)).rejects.toThrow(says)
    const [found] = (await completeness()([fileVersion(await candidateAt(onnx))])).cut
    expect(found?.reason).toContain(says) // no host is started for it
  })

  test('is read whole when a constant of a node lies there, and no length is said', async () => {
    const data = join(folder, 'constant.data')
    await writeFile(data, Buffer.from('abcdefgh'))
    const graph = onnxWithExternalConstant({ location: 'constant.data', offset: '2' })
    const whole = Buffer.from(await withData(join(folder, 'model.onnx'), graph, () => {}))
    expect(whole.includes('cdef')).toBe(true)
    expect(whole.includes('cdefg')).toBe(false)
    expect(whole.includes('constant.data')).toBe(false)
  })

  test('is refused when it says in two parts what must be said in one', async () => {
    const read = (bytes: Uint8Array) => async (at: number, length: number) => bytes.subarray(at, at + length)
    const message = (field: number, ...parts: readonly Uint8Array[]) => {
      const content = Buffer.concat(parts)
      return Buffer.concat([Buffer.of((field << 3) | 2, content.length), content])
    }
    const half = message(5, message(8, Buffer.from('x')))
    const graph = message(7, message(1, message(5, half, half)))
    await expect(externalTensors(read(graph), graph.length)).rejects.toThrow('says one thing twice')
  })

  test('is served or refused, whatever bytes its graph has', async () => {
    const bytes = await readFile((await twoFiles()).onnx)
    const flip = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }))
    await fc.assert(
      fc.asyncProperty(fc.array(flip, { maxLength: 3 }), fc.nat(bytes.length), async (flips, end) => {
        const damaged = Buffer.from(bytes.subarray(0, end))
        for (const [at, mask] of flips) if (at < end) damaged[at] = (damaged[at] ?? 0) ^ mask
        const read = async (at: number, length: number) => damaged.subarray(at, at + length)
        const found = await externalTensors(read, damaged.length).catch((error: unknown) => error)
        expect(Array.isArray(found) || found instanceof ModelRefused).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('is another version when only the second is written again, whatever its age', async () => {
    const { onnx, data, bias } = await twoFiles()
    const before = fileVersion(await candidateAt(onnx))
    expect(before.bytes).toBe((await stat(onnx)).size + 4 * bias.length + 8)
    await utimes(data, 1e9, 1e9)
    const after = fileVersion(await candidateAt(onnx))
    expect(after.version).not.toBe(before.version)
    expect(isSameContent(after, before)).toBe(false)
  })
})

test('a refusal of onnxruntime is told without places in its source', () => {
  const message =
    '/onnxruntime_src/onnxruntime/core/graph/model.cc:202 onnxruntime::Model::Model(onnx::ModelProto&&, const std::function<void (int)>&) Unsupported model IR version: 99\n'
  expect(reasonOf(new Error(message))).toBe('Unsupported model IR version: 99')
  const nested =
    '[ONNXRuntimeError] : 1 : FAIL : tensorprotoutils.cc:1469 ValidateEmbedded Initializer w is cut'
  expect(reasonOf(nested)).toBe('Initializer w is cut')
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
