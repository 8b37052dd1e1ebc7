import type { InferenceSession } from 'onnxruntime-node'
import { nextMoveLstm } from './families/next-move-lstm.ts'
import type { ModelFile } from './model-file.ts'
import { ModelRefused } from './model-refused.ts'
import type { ValueInfo } from './onnx-contract.ts'
import type { Output, Row } from './protocol.ts'

/** Answers rows together: one output for each, in their order. */
export type Runner = (rows: readonly Row[]) => Promise<readonly Output[]>

/** Everything that differs between model families on the host's side of the process boundary. */
export interface HostFamily {
  /** Refuses a graph that cannot be asked as one of this family. */
  checkContract(inputs: readonly ValueInfo[], outputs: readonly ValueInfo[]): void
  /** What a session is asked before it serves. */
  readonly warmUp: Row
  runner(session: InferenceSession): Runner
}

/** The family of a model that was read; throws ModelRefused when none can run it. */
export function familyOf(model: ModelFile): HostFamily {
  if (model.family === 'next_move_lstm') return nextMoveLstm(model)
  throw new ModelRefused(`its model_family is ${model.family}, which cannot be run`)
}
