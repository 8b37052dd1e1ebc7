import { expect, test } from 'vitest'
import type { ModelFile } from '../../../services/inference/model-host/files/model-file.ts'
import { lstmGraph } from '../../../services/inference/model-host/lstm/lstm-graph.ts'
import { encodeOnnx } from '../../../services/inference/model-host/onnx/onnx-proto.ts'
import type { TokenRow } from '../../../services/inference/model-host/protocol.ts'
import { openSession } from '../../../services/inference/model-host/session.ts'
import { plainLstm } from '../../fixtures/inference/plain-lstm.ts'
import type { TinyModel } from '../../fixtures/inference/torch-file.ts'
import { weightsOf } from '../../fixtures/inference/weights-of.ts'

const models: readonly TinyModel[] = [
  { winner: false },
  { winner: true },
  { winner: true, phase: true },
  { winner: false, side: true },
  { winner: true, phase: true, side: true },
  { winner: true, layers: 2, hidden: 5 },
  { winner: true, layers: 3, phase: true, side: true, embed: 1, hidden: 1 },
  { winner: false, vocab: ['<PAD>', '<UNK>'] },
]

test.each(models)('lstmGraph() of %o answers what plain arithmetic gives', async (model) => {
  const { tokens, unknownId, weights } = await weightsOf(model)
  const onnx = encodeOnnx(lstmGraph(weights))
  const file: ModelFile = { family: 'next_move_lstm', tokens, unknownId, parameters: null, onnx }
  const session = await openSession(file, { type: 'cpu' }, { threads: 1, onOpen: () => {} })
  expect(session.device).toBe('cpu')
  expect(Object.keys(session.nodes)).toEqual(['CPUExecutionProvider'])
  for (const length of [1, 2, 7, 60]) {
    const row: TokenRow = {
      kind: 'tokens',
      tokens: Array.from({ length }, (_none, at) => (at * 7 + length) % tokens.length),
      winner: length % 4,
      phase: (length + 1) % 4,
      side: length % 2,
    }
    const [output] = await session.run([row])
    const expected = plainLstm(weights, row)
    expect(
      Math.max(...expected.map((score, id) => Math.abs(score - (output?.scores[id] ?? Number.NaN)))),
    ).toBeLessThan(1e-5)
  }
  await session.release()
})
