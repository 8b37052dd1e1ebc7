import { type InferenceSession, Tensor } from 'onnxruntime-node'
import type { HostFamily } from '../family.ts'
import type { ModelFile } from '../model-file.ts'
import { ModelRefused } from '../model-refused.ts'
import { checkContract } from '../onnx-contract.ts'
import type { Output, Row, TokenRow } from '../protocol.ts'

/** Token ids and features in, one score for each token out. */
export function nextMoveLstm({ tokens, unknownId }: ModelFile): HostFamily {
  return {
    checkContract: (inputs, outputs) => checkContract(inputs, outputs, tokens.length),
    warmUp: { kind: 'tokens', tokens: [unknownId, unknownId], winner: 0, phase: 0, side: 0 },
    runner: (session) => async (rows) => {
      const outputs: Output[] = []
      for (const row of rows) {
        const scores = await runOnce(session, tokenRow(row))
        outputs.push({ scores: checkedScores(scores, tokens.length) })
      }
      return outputs
    },
  }
}

function tokenRow(row: Row): TokenRow {
  if (row.kind === 'tokens') return row
  throw new Error(`a next_move_lstm takes tokens, not ${row.kind}`)
}

async function runOnce(
  session: InferenceSession,
  { tokens, winner, phase, side }: TokenRow,
): Promise<Float32Array> {
  const values: Readonly<Record<string, Tensor>> = {
    tokens: int64(tokens, [1, tokens.length]),
    lengths: int64([tokens.length], [1]),
    winner_ids: int64([winner], [1]),
    phase_ids: int64([phase], [1]),
    side_to_move_ids: int64([side], [1]),
  }
  const asked = Object.entries(values).filter(([name]) => session.inputNames.includes(name))
  const { logits } = await session.run(Object.fromEntries(asked), ['logits'])
  if (!(logits?.data instanceof Float32Array))
    throw new ModelRefused('its graph did not return float32 logits')
  return logits.data
}

function int64(values: readonly number[], dims: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), dims)
}

function checkedScores(scores: Float32Array, vocabulary: number): Float32Array {
  if (scores.length !== vocabulary) {
    throw new ModelRefused(`its graph returns ${scores.length} scores for a vocabulary of ${vocabulary}`)
  }
  if (!scores.every(Number.isFinite)) {
    throw new ModelRefused('it answers with numbers that are not finite (NaN or infinity)')
  }
  return scores
}
