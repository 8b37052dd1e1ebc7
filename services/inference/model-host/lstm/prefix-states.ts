import { LRUCache } from 'lru-cache'

/** The recurrent state of a model after a prefix: for each layer h, then for each layer c. */
export type PrefixState = Float32Array

/** A prefix whose state is known. */
export interface KnownPrefix {
  readonly length: number
  readonly state: PrefixState
}

const bytesOfToken = 4
/** Of an entry beside its state and its key; measured, rounded up. */
const entryBytes = 400

/** States of the prefixes that were asked lately, by their tokens alone: features are no part of the recurrence. */
export class PrefixStates {
  readonly #states: LRUCache<string, PrefixState>

  /** `bytes`: what all entries may take together, at least 1. */
  constructor(bytes: number) {
    this.#states = new LRUCache({
      maxSize: bytes,
      sizeCalculation: (state, key) => state.byteLength + key.length + entryBytes,
    })
  }

  /** The longest known prefix of at most `most` tokens. */
  longest(tokens: readonly number[], most: number): KnownPrefix | undefined {
    const key = keyOf(tokens)
    for (let length = most; length > 0; length -= 1) {
      const state = this.#states.get(key.slice(0, length * bytesOfToken))
      if (state) return { length, state }
    }
    return undefined
  }

  keep(tokens: readonly number[], state: PrefixState): void {
    this.#states.set(keyOf(tokens), state)
  }
}

/** One character for each byte of each token. */
function keyOf(tokens: readonly number[]): string {
  return Buffer.from(Int32Array.from(tokens).buffer).toString('latin1')
}
