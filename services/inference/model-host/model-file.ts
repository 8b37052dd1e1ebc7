import type { LoadStage } from './protocol.ts'
import type { Tokens } from './vocabulary-tokens.ts'

/** A model that was read and checked, as ONNX bytes. */
export interface ModelFile extends Tokens {
  readonly family: string
  readonly parameters: number | null
  readonly onnx: Uint8Array
}

/** Told what is being done to a file, and how much of it was read. */
export type OnStage = (stage: LoadStage, bytesRead?: number) => void
