import type { InferAnswer } from '../../services/inference/api/infer-schema.ts'
import { table } from '../podctl/table.ts'

export type { InferAnswer }

/**
 * An answer of /infer as lines for people: the move, with its number when `plies` is known and the chances when the model
 * gives them; the model's choices beside the legal ones; who answered. Pure.
 */
export function answerLines(answer: InferAnswer, plies: number | undefined): readonly string[] {
  const { topk, topk_scores, legal_topk, device, model_path, generation, latency_ms } = answer
  const rows = topk.map((token, rank) => {
    const legal = legal_topk[rank]
    return [
      String(rank + 1),
      token,
      percent(topk_scores[rank]),
      legal?.uci ?? '',
      percent(legal?.probability),
    ]
  })
  return [
    headline(answer, plies),
    '',
    ...table([['#', 'MODEL', '', 'LEGAL', ''], ...rows]),
    '',
    `${model_path} (generation ${generation}) on ${device}, ${latency_ms} ms`,
  ]
}

function headline(
  { best_legal, best_legal_san, game_over, wdl }: InferAnswer,
  plies: number | undefined,
): string {
  const reason = game_over?.replaceAll('_', ' ')
  if (best_legal === '') return `The game is over: ${reason}.`
  const number = plies === undefined ? '' : `${Math.floor(plies / 2) + 1}${plies % 2 === 0 ? '.' : '...'} `
  const chances = wdl && `; to win ${percent(wdl[0])}, to draw ${percent(wdl[1])}, to lose ${percent(wdl[2])}`
  const end = reason && `; the game is over or drawn by claim: ${reason}`
  return `${number}${best_legal_san} (${best_legal})${chances ?? ''}${end ?? ''}`
}

function percent(share: number | undefined): string {
  return share === undefined ? '' : `${(100 * share).toFixed(1)} %`
}
