import { goldenRows } from '../../services/inference/model-host/golden-inputs.ts'
import type { ReadyModel } from '../../services/inference/model-host/load-model.ts'
import type { Output, Row } from '../../services/inference/model-host/protocol.ts'

/** How far apart two devices answer the same questions. */
export interface Parity {
  readonly rows: number
  /** The largest difference of a score. */
  readonly difference: number
  /** The same as a share of the largest score. */
  readonly share: number
  /** Rows with the same first choice. */
  readonly sameFirst: number
}

const games = 58

/** Questions of every length up to 58 moves, and those that every model is asked before it serves. Pure. */
export function parityRows(file: ReadyModel['file']): readonly Row[] {
  const { family, tokens } = file
  if (family !== 'next_move_lstm') return goldenRows(file)
  const token = (game: number, ply: number) => 2 + ((game * 131 + ply * 71) % (tokens.length - 2))
  const long = Array.from({ length: games }, (_none, game): Row => {
    const moves = Array.from({ length: game + 1 }, (_nothing, ply) => token(game, ply))
    return { kind: 'tokens', tokens: moves, winner: game % 4, phase: 1 + (game % 3), side: (game + 1) % 2 }
  })
  return [...goldenRows(file), ...long]
}

/** Compares the answers of two devices, row by row. Scores that are not finite count as infinitely far. Pure. */
export function parityOf(left: readonly Output[], right: readonly Output[]): Parity {
  let difference = left.length === right.length ? 0 : Number.POSITIVE_INFINITY
  let largest = Number.MIN_VALUE
  let sameFirst = 0
  for (const [at, { scores }] of left.entries()) {
    const others = right[at]?.scores ?? new Float32Array()
    if (scores.length !== others.length) difference = Number.POSITIVE_INFINITY
    for (const [place, score] of scores.entries()) {
      const off = Math.abs(score - (others[place] ?? Number.NaN))
      difference = Math.max(difference, Number.isNaN(off) ? Number.POSITIVE_INFINITY : off)
      largest = Math.max(largest, Math.abs(score))
    }
    if (firstOf(scores) === firstOf(others)) sameFirst += 1
  }
  return { rows: left.length, difference, share: difference / largest, sameFirst }
}

function firstOf(scores: Float32Array): number {
  return scores.indexOf(scores.reduce((best, score) => Math.max(best, score), Number.NEGATIVE_INFINITY))
}
