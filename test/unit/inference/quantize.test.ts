import { resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Position } from '../../../services/inference/games/position.ts'
import { candidateAt } from '../../../services/inference/model-host/files/find-models.ts'
import { loadModel } from '../../../services/inference/model-host/load-model.ts'
import type { TokenRow } from '../../../services/inference/model-host/protocol.ts'
import { openQuantized } from '../../../services/inference/model-host/quantize/quantize-model.ts'
import { quantizePositions } from '../../../services/inference/model-host/quantize/quantize-positions.ts'
import { quantizeWeights } from '../../../services/inference/model-host/quantize/quantize-weights.ts'

test('quantizeWeights() turns a matrix on its side and gives every row its own scale', () => {
  const data = new Float32Array([1, -2, 0.5, 0, 0, 0, 100, 25, -50])
  const { shape, data: turned, scales } = quantizeWeights({ shape: [3, 3], data })
  expect(shape).toEqual([3, 3])
  expect([...turned]).toEqual([64, 0, 127, -127, 0, 32, 32, 0, -63])
  const expected = [2 / 127, 1, 100 / 127]
  expect([...scales].map((scale, row) => Math.abs(scale - (expected[row] ?? 0)) < 1e-6)).toEqual([
    true,
    true,
    true,
  ])
})

test('quantizeWeights() is off by half a step at most', () => {
  const rows = 7
  const columns = 11
  const data = Float32Array.from({ length: rows * columns }, (_none, at) => Math.sin(at * 3.7) * (1 + at))
  const { data: turned, scales } = quantizeWeights({ shape: [rows, columns], data })
  for (const [at, weight] of data.entries()) {
    const row = Math.floor(at / columns)
    const scale = scales[row] ?? Number.NaN
    const rounded = (turned[(at % columns) * rows + row] ?? Number.NaN) * scale
    expect(Math.abs(rounded - weight)).toBeLessThanOrEqual(scale * 0.5001)
  }
})

test('quantizePositions are games that can be played', () => {
  for (const moves of quantizePositions) {
    const position = Position.start()
    expect(moves.every((move) => position.play(move))).toBe(true)
  }
})

const row: TokenRow = { kind: 'tokens', tokens: [5, 9, 40, 3], winner: 0, phase: 1, side: 0 }

const largest = (scores: Iterable<number>) => Math.max(...[...scores].map(Math.abs))

async function demo(int8: boolean) {
  const path = resolve('services/inference/demo/model.pt')
  const settings = {
    device: { type: 'cpu' },
    threads: 1,
    stateBytes: 2 ** 20,
    int8,
    onStage: () => {},
  } as const
  const ready = await loadModel(await candidateAt(path), settings)
  onTestFinished(() => ready.session.release())
  return ready
}

test('loadModel() serves the bundled model in 8 bits and says how far that agrees with full precision', async () => {
  const { file, session } = await demo(true)
  expect(file.int8).toMatchObject({ served: true, positions: quantizePositions.length })
  if (!file.int8?.served) throw new Error('not served')
  expect(file.int8.same_first).toBeGreaterThan(0.9)
  expect(file.int8.shared_top_10).toBeGreaterThan(0.9)
  const full = await (await demo(false)).session.run([row])
  const [ours, theirs] = [(await session.run([row]))[0]?.scores ?? [], full[0]?.scores ?? []]
  const differences = [...theirs].map((score, id) => Math.abs(score - (ours[id] ?? Number.NaN)))
  expect(Math.max(...differences)).toBeLessThan(largest(theirs) / 10)
  expect(Math.max(...differences), 'the 8 bits were used').toBeGreaterThan(1e-5)
})

test('loadModel() in 8 bits goes on from the state of a prefix as it answers a whole game', async () => {
  const { session } = await demo(true)
  const [whole] = await session.run([row])
  await session.run([{ ...row, tokens: row.tokens.slice(0, 2) }])
  const [again] = await session.run([{ ...row, tokens: [...row.tokens, 7] }])
  const fresh = await (await demo(true)).session.run([{ ...row, tokens: [...row.tokens, 7] }])
  expect(again?.scores.length).toBe(whole?.scores.length)
  const off = [...(fresh[0]?.scores ?? [])].map((score, id) =>
    Math.abs(score - (again?.scores[id] ?? Number.NaN)),
  )
  expect(Math.max(...off)).toBeLessThan(largest(fresh[0]?.scores ?? []) / 10)
})

test('openQuantized() serves full precision, with the reason, where there are no 8 bits', async () => {
  const run = async () => []
  const session = { run, device: 'cpu', nodes: {}, release: async () => {} }
  const model = {
    family: 'lc0',
    tokens: [],
    unknownId: 0,
    parameters: null,
    onnx: new Uint8Array(0),
  } as const
  const int8 = () => new Uint8Array(0)
  const open = async () => session
  expect(await openQuantized(model, { type: 'cpu' }, open)).toEqual({
    session,
    int8: {
      served: false,
      reason: 'INFERENCE_API_QUANTIZE=int8 is for .pt models; this one is served as it is',
    },
  })
  expect((await openQuantized({ ...model, int8 }, { type: 'cuda', index: 0 }, open)).int8).toEqual({
    served: false,
    reason: 'INFERENCE_API_QUANTIZE=int8 is for the CPU; a GPU serves full precision',
  })
})
