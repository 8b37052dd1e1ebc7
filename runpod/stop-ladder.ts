import type { RunpodClient } from './client.ts'
import { RunpodProblem } from './problem.ts'
import { runpodProblem } from './problem-texts.ts'
import { readBack } from './read-back.ts'
import { rungsFor, type StopVerb } from './rungs.ts'

/** What one rung came to, for the journal. */
export interface RungReport {
  readonly rung: string
  readonly said: string
}

/** How a climb of the ladder ended. `stopped` is what RunPod agreed to: read back until it is so. */
export type StopOutcome = (
  | { readonly stopped: true; readonly how: string }
  | { readonly stopped: false; readonly problem: RunpodProblem }
) & { readonly rungs: readonly RungReport[] }

/**
 * One climb of the ladder: the action of REST v2, then GraphQL in its forms, never v1. A pod that is gone, or that is
 * read back as stopped, counts as stopped. Never rejects.
 */
export async function stopPod(
  client: RunpodClient,
  podId: string,
  verb: StopVerb,
  signal: AbortSignal,
): Promise<StopOutcome> {
  const rungs: RungReport[] = []
  const problems: RunpodProblem[] = []
  const fateNow = async () => {
    const { fate, said } = await readBack(client, podId, signal)
    rungs.push({ rung: 'reading back', said })
    return fate
  }
  const isDone = async () => {
    const fate = await fateNow()
    return fate === 'gone' || (fate === 'stopped' && verb === 'stop')
  }
  const succeeded = (how: string): StopOutcome => ({ stopped: true, how, rungs })
  for (const { rung, climb } of rungsFor(client, verb)) {
    if (signal.aborted) break
    try {
      const said = await climb(podId, signal)
      rungs.push({ rung, said })
      return succeeded(`${rung}: ${said}`)
    } catch (error) {
      const problem = problemOf(error)
      problems.push(problem)
      rungs.push({ rung, said: problem.message })
      // An interface that has moved says so, too.
      if (problem.kind === 'not-found' && (await fateNow()) !== 'running')
        return succeeded(`${rung}: RunPod says that the pod is gone`)
      if (problem.kind === 'conflict' && (await isDone())) return succeeded(`${rung}: it was so already`)
    }
  }
  // An answer can be lost after the deed was done; a RunPod that never answered is not asked once more.
  const isAnswered = problems.some(({ status }) => status !== undefined && status !== 409)
  if (isAnswered && !signal.aborted && (await isDone())) return succeeded('reading back: it is so')
  return { stopped: false, problem: mostHopeful(problems), rungs }
}

function problemOf(error: unknown): RunpodProblem {
  if (error instanceof RunpodProblem) return error
  return runpodProblem('transient', 'The request was called off')
}

/** The problem that says when to try again, if there is one; else that of the first rung. */
function mostHopeful(problems: readonly RunpodProblem[]): RunpodProblem {
  const ofKind = (kind: string) => problems.find((problem) => problem.kind === kind)
  return ofKind('transient') ?? ofKind('rate-limited') ?? problems[0] ?? problemOf(undefined)
}
