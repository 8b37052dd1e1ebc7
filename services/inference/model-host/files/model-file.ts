import { extname } from 'node:path'
import type { FamilyName, Quality } from '../protocol.ts'
import type { Tokens } from './vocabulary-tokens.ts'

/** A model that was read and checked, as ONNX bytes. */
export interface ModelFile extends Tokens {
  readonly family: FamilyName
  readonly parameters: number | null
  readonly quality?: Quality
  readonly onnx: Uint8Array
  /** Makes the same with weights of 8 bits; absent where that cannot be made. */
  readonly int8?: () => Uint8Array
}

const formats: Readonly<Record<string, 'torch' | 'onnx'>> = {
  '.pt': 'torch',
  '.pth': 'torch',
  '.ckpt': 'torch',
  '.onnx': 'onnx',
}

/** How a file that may be a model is read, by its name; undefined for all others. */
export function modelFormat(path: string): 'torch' | 'onnx' | undefined {
  return formats[extname(path).toLowerCase()]
}

/** Told the size of every block that was read. */
export type OnRead = (bytes: number) => void
