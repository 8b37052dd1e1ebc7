import pRetry from 'p-retry'
import { pause } from '../../supervisor/time.ts'
import { exitCodes, PodctlError } from '../podctl/exit-codes.ts'
import { type Connection, connection } from './connection.ts'
import { NoAnswer } from './no-answer.ts'
import { type Answer, readAnswer } from './read-answer.ts'

/** The body of POST /infer. */
export interface Question {
  readonly fen?: string
  readonly context: readonly string[]
  readonly winner_side?: string | null
  readonly topk: number
}

export interface PodmatePlace {
  readonly url: string
  readonly token: string
}

export interface Podmate {
  /**
   * The answer, asked for again and again until `signal` aborts, while there is hope; `onTrouble` hears each new
   * reason for that. Rejects with NoAnswer when there is none, or with the reason of `signal`.
   */
  ask(question: Question, signal: AbortSignal, onTrouble: (reason: string) => void): Promise<Answer>
  close(): void
}

const firstPauseMs = 100
const longestPauseMs = 1000

/** The podmate at `url`, or the one of this machine when it is empty; it need not run yet. */
export function podmate({ url, token }: PodmatePlace, env: NodeJS.ProcessEnv): Podmate {
  let open: Connection | undefined
  const once = async (question: Question, signal: AbortSignal) => {
    open ??= await connect({ url, token }, env)
    try {
      return answerIn(await open.post('/infer', question, signal), open.name)
    } catch (error) {
      // A podmate that was started again may have another socket.
      if (error instanceof NoAnswer && error.cause !== undefined) open = undefined
      throw error
    }
  }
  return {
    close: () => open?.close(),
    ask(question, signal, onTrouble) {
      let told = ''
      return pRetry(() => once(question, signal), {
        ...{
          retries: Number.POSITIVE_INFINITY,
          minTimeout: firstPauseMs,
          maxTimeout: longestPauseMs,
          signal,
        },
        shouldRetry: ({ error }) => error instanceof NoAnswer && error.again !== 'never',
        async onFailedAttempt({ error }) {
          if (!(error instanceof NoAnswer) || error.again === 'never') return
          if (error.message !== told) onTrouble(`${error.message} Trying again.`)
          told = error.message
          // Longer than that nobody on a clock can wait.
          if (typeof error.again === 'number') await pause(Math.min(error.again, longestPauseMs), signal)
        },
      })
    },
  }
}

async function connect({ url, token }: PodmatePlace, env: NodeJS.ProcessEnv): Promise<Connection> {
  // Only now: it reads the whole schema of variables, which would cost half of the engine's start.
  const { findPodmate } = await import('../podctl/find-podmate.ts')
  try {
    const { place } = await findPodmate({ ...(url && { url }), ...(token && { token }) }, env)
    return connection(place)
  } catch (error) {
    if (!(error instanceof PodctlError)) throw error
    const sentence = error.message.replaceAll(/\s*\n\s*/g, ' ')
    throw new NoAnswer(sentence, error.exitCode === exitCodes.notHere ? 'soon' : 'never', { cause: error })
  }
}

function answerIn(body: unknown, name: string): Answer {
  const answer = readAnswer(body)
  if (answer) return answer
  throw new NoAnswer(`what answers at ${name} is not podmate`, 'soon')
}
