import { NoAnswer } from './no-answer.ts'
import type { Podmate } from './podmate.ts'

/** How long `isready` may stay unanswered: GUIs give an engine up after 10 s or more. */
const longestMs = 5000

/**
 * Says `readyok` once podmate has answered a question (so its address, the token and the model are right), after a line
 * with the reason when it does not, and at once during a search: the protocol wants an answer in any case.
 */
export async function whenReady(
  podmate: Podmate,
  isSearching: boolean,
  say: (line: string) => void,
  quit: AbortSignal,
): Promise<void> {
  if (!isSearching) await firstAnswer(podmate, say, AbortSignal.any([quit, AbortSignal.timeout(longestMs)]))
  // Also when `quit` came meanwhile: a GUI that asked and leaves may still wait for the word.
  say('readyok')
}

async function firstAnswer(podmate: Podmate, say: (line: string) => void, left: AbortSignal): Promise<void> {
  const tell = (reason: string) => say(`info string ${reason}`)
  try {
    await podmate.ask({ context: [], topk: 1 }, left, tell)
  } catch (error) {
    if (error instanceof NoAnswer) tell(error.message)
    else if (!left.aborted) throw error
  }
}
