import type { Go } from './go.ts'
import type { Side } from './position.ts'

/** How long to go on asking when no clock runs: longer than a podmate needs to load a model. */
const unclockedMs = 30_000
/** Enough for one question over a network, even when the clock has run out: a late move may lose, none does. */
const leastMs = 1000

/**
 * Milliseconds in which an answer is still of use. Only a podmate that is down makes a difference: it is waited for up
 * to the end of the clock, because a game without a move is lost all the same.
 */
export function allowedMs(go: Go, turn: Side, overheadMs: number): number {
  if (go.infinite) return Number.POSITIVE_INFINITY
  const clock = go.movetime ?? (turn === 'w' ? go.wtime : go.btime)
  return clock === undefined ? unclockedMs : Math.max(leastMs, clock - overheadMs)
}
