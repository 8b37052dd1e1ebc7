import type { RankedMove } from '../../services/inference/ranking.ts'

/** What an engine needs of an answer of /infer. */
export interface Answer {
  readonly legal_topk: readonly RankedMove[]
  readonly game_over: string | null
  readonly device: string
  readonly model_path: string
  readonly generation: number
  readonly latency_ms: number
  /** Chances to win, draw and lose for the side to move; only models with a value head have them. */
  readonly wdl?: readonly [number, number, number]
  /** The expected result for the side to move, from -1 to 1; likewise. */
  readonly value?: number
}

/** The body of a 200, or undefined when it is not podmate's. */
export function readAnswer(body: unknown): Answer | undefined {
  if (typeof body !== 'object' || body === null || !('legal_topk' in body)) return undefined
  if (!Array.isArray(body.legal_topk) || !body.legal_topk.every(isRanked)) return undefined
  return body as Answer // that list is podmate's own, and what else is read is only printed
}

function isRanked(move: unknown): boolean {
  return (
    typeof move === 'object' &&
    move !== null &&
    'uci' in move &&
    typeof move.uci === 'string' &&
    'probability' in move &&
    typeof move.probability === 'number'
  )
}
