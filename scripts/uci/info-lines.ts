import type { RankedMove } from '../../services/inference/ranking.ts'
import { centipawns } from './centipawns.ts'
import type { Settings } from './options.ts'
import type { Answer } from './read-answer.ts'

const probabilitiesShown = 5

/** What the GUI is told about an answer: `ranked` are the moves that come into question, best first. */
export function infoLines(
  answer: Answer,
  ranked: readonly RankedMove[],
  { multiPv, showWdl }: Pick<Settings, 'multiPv' | 'showWdl'>,
  tookMs: number,
): readonly string[] {
  if (ranked.length === 0) return endOfGame(answer)
  const time = Math.round(tookMs)
  const variations = ranked
    .slice(0, multiPv)
    // The value is of the position: it says nothing about the second-best move.
    .map(({ uci }, index) => {
      const score = index === 0 ? scoreOf(answer, showWdl) : ''
      return `info depth 1 seldepth 1 multipv ${index + 1}${score} nodes 1 time ${time} pv ${uci}`
    })
  // Most GUIs list the lines in the order in which they come.
  const shares = ranked
    .slice(0, probabilitiesShown)
    .map(({ uci, probability }) => `${uci} ${percent(probability)}`)
  return [...variations, `info string probabilities: ${shares.join(', ')}`]
}

/** Nothing is invented: a model without a value gives no score. */
function scoreOf({ wdl, value }: Answer, showWdl: boolean): string {
  const expected = wdl === undefined ? value : wdl[0] - wdl[2]
  if (expected === undefined) return ''
  return ` score cp ${centipawns(expected)}${wdl && showWdl ? ` wdl ${perMille(wdl).join(' ')}` : ''}`
}

/** Whole numbers that add up to 1000. */
function perMille([win, , loss]: readonly [number, number, number]): readonly number[] {
  const wins = Math.round(1000 * win)
  const losses = Math.min(1000 - wins, Math.round(1000 * loss))
  return [wins, 1000 - wins - losses, losses]
}

function endOfGame({ game_over }: Answer): readonly string[] {
  if (game_over === 'checkmate') return ['info depth 0 score mate 0']
  return game_over === 'stalemate' ? ['info depth 0 score cp 0'] : []
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`
}
