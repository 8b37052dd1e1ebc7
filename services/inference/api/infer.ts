import type { Winner } from '../families/encode-context.ts'
import { type Game, gameOf } from '../games/game.ts'
import { positionCache } from '../games/replay.ts'
import { RequestProblem, unavailable } from '../request-problem.ts'
import type { ServedModel, Serving } from '../serving/served-model.ts'
import { answer, topkFor } from './answer.ts'
import type { InferRequest, WinnerSide } from './infer-request.ts'
import type { InferAnswer } from './infer-schema.ts'

/** What answering needs of the service. */
export interface InferOptions {
  serving(): Serving
  readonly topkDefault: number
  onAsked(): void
}

/** Answers requests in two steps: the first takes processor time here, the second waits for the model. */
export interface Inferrer {
  /** Throws a 400 that says what is wrong with the game. */
  read(request: InferRequest): Game
  /** Rejects with a 503 when the model cannot be asked, with a 400 when it cannot be asked this. */
  ask(request: InferRequest, game: Game, left: AbortSignal): Promise<Omit<InferAnswer, 'latency_ms'>>
}

/** Remembers positions, so that a game that grows is not replayed from its start. */
export function inferrer({ serving, topkDefault, onAsked }: InferOptions): Inferrer {
  const positions = positionCache()
  return {
    read: (request) => gameOf(request, positions),
    async ask({ winner_side: winnerSide = 'W', topk, pgn }, game, left) {
      onAsked()
      const now = serving()
      if (now.type === 'down') throw unavailable(now.reason)
      const { served } = now
      const { family } = served
      if (game.startFen !== undefined && !family.takesFen) {
        throw noFen(served, pgn === undefined ? 'fen' : 'pgn')
      }
      const output = await served.ask(family.encode(game, letterOf(winnerSide)), left)
      return answer(output, game, { served, topk: topkFor(topk, topkDefault, family.size) })
    },
  }
}

const letterOf = (side: WinnerSide | null): Winner => letters[side ?? 'unknown']
const letters = { W: 'W', B: 'B', D: 'D', white: 'W', black: 'B', draw: 'D', unknown: null } as const

function noFen({ model, family }: ServedModel, field: 'fen' | 'pgn'): RequestProblem {
  const what = field === 'fen' ? '"fen"' : 'the FEN in "pgn"'
  const detail = `The model ${model.path} (${family.name}) knows games from the usual start position only: leave out ${what}, or serve a model of the family lc0.`
  return new RequestProblem(400, 'This model takes no FEN', detail, { extra: { field } })
}
