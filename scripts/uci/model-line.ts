import type { Answer } from './read-answer.ts'

/** Who plays. */
export function modelLine({ model_path, generation, device }: Answer): string {
  return `playing ${model_path} (generation ${generation}) on ${device}`
}

/** Where the time went. */
export function debugLine({ latency_ms, legal_topk, game_over }: Answer, tookMs: number): string {
  const end = game_over === null ? '' : `, ${game_over}`
  return `answered in ${tookMs.toFixed(1)} ms, of which podmate took ${latency_ms} ms; ${legal_topk.length} moves${end}`
}
