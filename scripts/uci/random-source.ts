import { createHash } from 'node:crypto'

/** Numbers from 0 up to 1: the same row of them for the same seed, another one every time for 0. */
export function randomSource(seed: number): () => number {
  if (seed === 0) return Math.random
  let drawn = 0
  return () => {
    drawn += 1
    return createHash('sha256').update(`${seed} ${drawn}`).digest().readUIntBE(0, 6) / 2 ** 48
  }
}
