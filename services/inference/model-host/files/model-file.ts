import type { FamilyName } from '../protocol.ts'
import type { Tokens } from './vocabulary-tokens.ts'

/** A model that was read and checked, as ONNX bytes. */
export interface ModelFile extends Tokens {
  readonly family: FamilyName
  readonly parameters: number | null
  readonly onnx: Uint8Array
  /** Makes the same with weights of 8 bits; absent where that cannot be made. */
  readonly int8?: () => Uint8Array
}

/** Told the size of every block that was read. */
export type OnRead = (bytes: number) => void
