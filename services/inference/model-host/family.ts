import type { InferenceSession } from 'onnxruntime-node'
import { lc0 } from './families/lc0.ts'
import { nextMoveLstm } from './families/next-move-lstm.ts'
import type { ModelFile } from './files/model-file.ts'
import type { ValueInfo } from './onnx/onnx-contract.ts'
import type { Output, Row } from './protocol.ts'

/** Answers rows together: one output for each, in their order. */
export type Runner = (rows: readonly Row[]) => Promise<readonly Output[]>

export interface RunnerSettings {
  /** What recurrent states may be kept; 0 keeps none. */
  readonly stateBytes: number
}

/** Everything that differs between model families on the host's side of the process boundary. */
export interface HostFamily {
  /** Refuses a graph that cannot be asked as one of this family. */
  checkContract(inputs: readonly ValueInfo[], outputs: readonly ValueInfo[]): void
  /** What a session is asked before it serves. */
  readonly warmUp: Row
  runner(session: InferenceSession, settings: RunnerSettings): Runner | Promise<Runner>
}

/** The family of a model that was read. */
export function familyOf(model: ModelFile): HostFamily {
  return model.family === 'lc0' ? lc0 : nextMoveLstm(model)
}
