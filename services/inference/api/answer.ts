import type { Family } from '../families/family.ts'
import type { Game } from '../games/game.ts'
import type { Position } from '../games/position.ts'
import type { Output } from '../model-host/protocol.ts'
import { probabilities, type RankedMove, rankLegal, topIds } from '../ranking.ts'
import type { ServedModel } from '../serving/served-model.ts'
import type { InferAnswer } from './infer-schema.ts'

/** The answer without its latency: what the model would play, and what it may. */
export function answer(
  output: Output,
  { position, notes }: Pick<Game, 'position' | 'notes'>,
  { served, topk }: { readonly served: ServedModel; readonly topk: number },
): Omit<InferAnswer, 'latency_ms'> {
  const { family, model, generation } = served
  const { scores } = output
  const scoreOf = (uci: string) => {
    const id = family.idOf(uci, position)
    return id === undefined ? undefined : scores[id]
  }
  const legal = rankLegal(position.legalMoves(), scoreOf)
  const best = legal[0]?.uci ?? ''
  const choices = family.choosesLegal ? legal.slice(0, topk) : choicesOf(scores, position, { family, topk })
  return {
    topk: choices.map(({ uci }) => uci),
    topk_scores: choices.map(({ probability }) => probability),
    predicted_uci: choices[0]?.uci ?? '',
    best_legal: best,
    best_legal_san: best === '' ? '' : (position.san(best) ?? ''),
    legal_topk: legal.slice(0, topk),
    game_over: position.gameOver(),
    ...estimates(output),
    ...(notes.length === 0 ? {} : { notes }),
    device: output.device ?? model.device,
    model_path: model.path,
    generation,
  }
}

/** The best of all that the model knows, legal or not. */
function choicesOf(
  scores: Float32Array,
  position: Position,
  { family, topk }: { readonly family: Family; readonly topk: number },
): readonly RankedMove[] {
  const ids = topIds(scores, topk)
  const shares = probabilities(scores, ids)
  return ids.map((id, index) => ({ uci: family.tokenOf(id, position), probability: shares[index] ?? 0 }))
}

/** What only some models say of a position; float32 sums may lie a hair outside their bounds. */
function estimates({ value, wdl, movesLeft }: Output): Pick<InferAnswer, 'value' | 'wdl' | 'moves_left'> {
  return {
    ...(value === undefined ? {} : { value: within(value, -1, 1) }),
    ...(wdl === undefined ? {} : { wdl: [within(wdl[0], 0, 1), within(wdl[1], 0, 1), within(wdl[2], 0, 1)] }),
    ...(movesLeft === undefined ? {} : { moves_left: movesLeft }),
  }
}

function within(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most)
}

/** How many choices to list: `byDefault` for nothing or 0, and never more than there are scores. */
export function topkFor(asked: number | null | undefined, byDefault: number, size: number): number {
  return Math.min(Math.max(asked || byDefault, 1), size)
}
