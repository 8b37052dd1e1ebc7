import { monotonicMs, pause } from '../../supervisor/time.ts'
import { allowedMs } from './allowed-ms.ts'
import { chooseMove } from './choose-move.ts'
import type { Go } from './go.ts'
import { infoLines } from './info-lines.ts'
import { NoAnswer } from './no-answer.ts'
import type { Settings } from './options.ts'
import type { Podmate } from './podmate.ts'
import type { UciPosition } from './position.ts'
import { question } from './question.ts'
import type { Answer } from './read-answer.ts'

export interface SearchOptions {
  readonly podmate: Podmate
  readonly settings: Settings
  readonly random: () => number
  readonly say: (line: string) => void
  readonly onAnswer: (answer: Answer, tookMs: number) => void
  /** Ends it without another word. */
  readonly quit: AbortSignal
  /** What has to end before it begins. */
  readonly after: Promise<void> | undefined
}

/** One `go`: it says exactly one `bestmove`. */
export interface Search {
  readonly done: Promise<void>
  isRunning(): boolean
  /** Asks for the `bestmove` now; an answer that is on its way may still arrive for a moment. */
  stop(): void
  /** The opponent has played the move that was pondered on: the clock runs. */
  ponderhit(): void
}

/** GUIs wait a few seconds for the `bestmove` after `stop`. */
const graceMs = 2000

export function startSearch(position: UciPosition, go: Go, options: SearchOptions): Search {
  const { settings, say, quit, after } = options
  const tooLate = new AbortController()
  const over = new AbortController()
  const released = Promise.withResolvers<void>()
  const endWithin = (ms: number) => {
    if (ms < Number.POSITIVE_INFINITY) void pause(ms, over.signal).then(() => tooLate.abort())
  }
  const startClock = () => {
    endWithin(allowedMs(go, position.turn, settings.moveOverheadMs))
    if (!go.infinite) released.resolve()
  }
  const work = async () => {
    await after
    const best = await bestMove(position, go, options, AbortSignal.any([tooLate.signal, quit]))
    if (!quit.aborted) await released.promise
    over.abort()
    if (!quit.aborted) say(`bestmove ${best ?? '(none)'}`)
  }
  if (!go.ponder) startClock()
  return {
    done: work(),
    isRunning: () => !over.signal.aborted,
    ponderhit: startClock,
    stop() {
      endWithin(graceMs)
      released.resolve()
    },
  }
}

/** The move to play; undefined, after a line that says why, when there is none. */
async function bestMove(
  position: UciPosition,
  go: Go,
  { podmate, settings, random, say, onAnswer, quit }: SearchOptions,
  tooLate: AbortSignal,
): Promise<string | undefined> {
  const startedMs = monotonicMs()
  const tell = (text: string) => say(`info string ${text}`)
  try {
    const answer = await podmate.ask(question(position, go, settings), tooLate, tell)
    const tookMs = monotonicMs() - startedMs
    onAnswer(answer, tookMs)
    const ranked = answer.legal_topk.filter(({ uci }) => go.searchmoves?.includes(uci) ?? true)
    for (const line of infoLines(answer, ranked, settings, tookMs)) say(line)
    if (ranked.length === 0 && answer.legal_topk.length > 0) tell('none of the searchmoves is legal here')
    return chooseMove(ranked, settings, random)
  } catch (error) {
    if (quit.aborted) return undefined
    if (!(error instanceof NoAnswer) && !tooLate.aborted) throw error
    tell(error instanceof NoAnswer ? `No move: ${error.message}` : 'No move: podmate did not answer in time.')
    return undefined
  }
}
