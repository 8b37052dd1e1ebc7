import type { InferenceSession } from 'onnxruntime-node'
import type { HostFamily } from '../family.ts'
import type { ModelFile } from '../files/model-file.ts'
import { runLstm } from '../lstm/lstm-run.ts'
import { type LstmRun, lstmRunner } from '../lstm/lstm-runner.ts'
import { stateShape } from '../lstm/lstm-state.ts'
import { PrefixStates } from '../lstm/prefix-states.ts'
import { checkContract } from '../onnx/onnx-contract.ts'
import type { Row, TokenRow } from '../protocol.ts'

/** Token ids and features in, one score for each token out. */
export function nextMoveLstm({ tokens, unknownId }: ModelFile): HostFamily {
  const vocabulary = tokens.length
  const warmUp: TokenRow = { kind: 'tokens', tokens: [unknownId, unknownId], winner: 0, phase: 0, side: 0 }
  return {
    checkContract: (inputs, outputs) => checkContract(inputs, outputs, vocabulary),
    warmUp,
    async runner(session, { stateBytes }) {
      const shape = stateShape(session.inputMetadata, session.outputMetadata)
      const run: LstmRun = (steps) => runLstm(session, steps, { vocabulary, shape })
      const states = shape && stateBytes > 0 ? new PrefixStates(stateBytes) : undefined
      const atRest = states !== undefined && (await answersAtRest(run, warmUp))
      const answer = lstmRunner(run, { states, atRest, oneByOne: batchLength(session) === 1 })
      return (rows) => answer(rows.map(tokenRow))
    },
  }
}

function tokenRow(row: Row): TokenRow {
  if (row.kind === 'tokens') return row
  throw new Error(`a next_move_lstm takes tokens, not ${row.kind}`)
}

function batchLength(session: InferenceSession): number | string | undefined {
  const input = session.inputMetadata.find(({ name }) => name === 'tokens')
  return input?.isTensor ? input.shape[0] : undefined
}

const closeEnough = 1e-5

/** Whether a row without steps is answered from its state alone; graphs of others commonly answer as if nothing was played. */
async function answersAtRest(run: LstmRun, row: TokenRow): Promise<boolean> {
  const [moved] = await run([{ ...row, state: undefined }])
  const [resting] = await run([{ ...row, tokens: [], state: moved?.state }])
  return (moved?.scores ?? []).every((score, id) => {
    return Math.abs(score - (resting?.scores[id] ?? Number.NaN)) <= closeEnough * Math.max(1, Math.abs(score))
  })
}
