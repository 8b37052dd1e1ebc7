import { type InferenceSession, Tensor } from 'onnxruntime-node'
import { ModelRefused } from '../model-refused.ts'
import type { TokenRow } from '../protocol.ts'
import { type StateShape, stateInputs, stateOutputs } from './lstm-state.ts'
import type { PrefixState } from './prefix-states.ts'

/** A row of a run: what is left of its tokens, and the state to go on from (none: the start of a game). */
export interface LstmStep extends TokenRow {
  readonly state: PrefixState | undefined
}

/** What a run gives for one row; the state is there when the graph has one. */
export interface LstmResult {
  readonly scores: Float32Array
  readonly state: PrefixState | undefined
}

/** Runs rows together, padded to the longest; one result for each, in their order. */
export async function runLstm(
  session: InferenceSession,
  steps: readonly LstmStep[],
  { vocabulary, shape }: { readonly vocabulary: number; readonly shape: StateShape | undefined },
): Promise<readonly LstmResult[]> {
  const outputs = shape ? ['logits', ...stateOutputs] : ['logits']
  const results = await session.run(feedsOf(session, steps, shape), outputs)
  const scores = checkedScores(floatsOf(results, 'logits'), steps.length, vocabulary)
  const states = shape && stateOutputs.map((name) => floatsOf(results, name))
  return steps.map((_step, row) => ({
    scores: scores.subarray(row * vocabulary, (row + 1) * vocabulary),
    state: shape && states && gather(states, shape, { row, rows: steps.length }),
  }))
}

function feedsOf(
  session: InferenceSession,
  steps: readonly LstmStep[],
  shape: StateShape | undefined,
): Record<string, Tensor> {
  const rows = steps.length
  const longest = Math.max(1, ...steps.map(({ tokens }) => tokens.length))
  const tokens = new BigInt64Array(rows * longest)
  for (const [row, step] of steps.entries()) tokens.set(step.tokens.map(BigInt), row * longest)
  const ids = (idOf: (step: LstmStep) => number) =>
    new Tensor(
      'int64',
      BigInt64Array.from(steps, (step) => BigInt(idOf(step))),
      [rows],
    )
  const values: Readonly<Record<string, Tensor>> = {
    tokens: new Tensor('int64', tokens, [rows, longest]),
    lengths: ids((step) => step.tokens.length),
    winner_ids: ids(({ winner }) => winner),
    phase_ids: ids(({ phase }) => phase),
    side_to_move_ids: ids(({ side }) => side),
    ...(shape ? scatter(steps, shape) : {}),
  }
  return Object.fromEntries(Object.entries(values).filter(([name]) => session.inputNames.includes(name)))
}

/** The states of all rows as initial_h and initial_c, [layers, batch, hidden] each. */
function scatter(
  steps: readonly LstmStep[],
  { layers, hidden }: StateShape,
): Readonly<Record<string, Tensor>> {
  const rows = steps.length
  const parts = stateInputs.map((name, part) => {
    const numbers = new Float32Array(layers * rows * hidden)
    for (const [row, { state }] of steps.entries()) {
      for (let layer = 0; state && layer < layers; layer += 1) {
        const from = (part * layers + layer) * hidden
        numbers.set(state.subarray(from, from + hidden), (layer * rows + row) * hidden)
      }
    }
    return [name, new Tensor('float32', numbers, [layers, rows, hidden])] as const
  })
  return Object.fromEntries(parts)
}

/** The state of one row out of final_h and final_c. */
function gather(
  parts: readonly Float32Array[],
  { layers, hidden }: StateShape,
  { row, rows }: { readonly row: number; readonly rows: number },
): PrefixState {
  const state = new Float32Array(parts.length * layers * hidden)
  for (const [part, numbers] of parts.entries()) {
    for (let layer = 0; layer < layers; layer += 1) {
      const from = (layer * rows + row) * hidden
      state.set(numbers.subarray(from, from + hidden), (part * layers + layer) * hidden)
    }
  }
  return state
}

function floatsOf(results: InferenceSession.ReturnType, name: string): Float32Array {
  const data = results[name]?.data
  if (data instanceof Float32Array) return data
  throw new ModelRefused(`its graph did not return float32 ${name}`)
}

function checkedScores(scores: Float32Array, rows: number, vocabulary: number): Float32Array {
  if (scores.length !== rows * vocabulary) {
    throw new ModelRefused(
      `its graph returns ${scores.length} scores for ${rows} rows and a vocabulary of ${vocabulary}`,
    )
  }
  // A sum of float32 cannot overflow a double, so it is finite exactly when they all are.
  let sum = 0
  for (let index = 0; index < scores.length; index += 1) sum += scores[index] ?? Number.NaN
  if (!Number.isFinite(sum)) {
    throw new ModelRefused('it answers with numbers that are not finite (NaN or infinity)')
  }
  return scores
}
