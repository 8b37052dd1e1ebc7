import { JobProblem } from './job-problem.ts'
import type { PointBatch } from './job-store.ts'
import { joinBatches } from './join-batches.ts'

/** Points that may wait for the disk at a time, and how many of them are written together: well within the time of a call. */
const waitingAtMost = 400_000
const togetherAtMost = 20_000

interface Waiting {
  readonly batch: PointBatch
  readonly done: PromiseWithResolvers<void>
}

/**
 * Writes with one commit all that waits when the commit before it is done. Each call settles with its commit; it rejects
 * with a JobProblem (503) when too much waits already.
 */
export function groupCommit(
  add: (batches: readonly PointBatch[]) => Promise<unknown>,
): (batch: PointBatch) => Promise<void> {
  let waiting: Waiting[] = []
  let points = 0
  let writing = false

  const write = async () => {
    writing = true
    // What came in with the same turn of the loop goes along.
    await new Promise(setImmediate)
    while (waiting.length > 0) {
      const group = firstOf(waiting)
      waiting = waiting.slice(group.length)
      await commit(group)
      points -= group.reduce((sum, { batch }) => sum + batch.steps.length, 0)
    }
    writing = false
  }
  const commit = async (group: readonly Waiting[]) => {
    try {
      await add(joinBatches(group.map(({ batch }) => batch)))
      for (const { done } of group) done.resolve()
    } catch (error) {
      for (const { done } of group) done.reject(error)
    }
  }
  return async (batch) => {
    if (points + batch.steps.length > waitingAtMost)
      throw new JobProblem(
        503,
        'Too much at once',
        'the disk is slower than these metrics; send them again',
        1,
      )
    const entry: Waiting = { batch, done: Promise.withResolvers() }
    points += batch.steps.length
    waiting.push(entry)
    if (!writing) void write()
    await entry.done.promise
  }
}

function firstOf(waiting: readonly Waiting[]): readonly Waiting[] {
  let points = 0
  const end = waiting.findIndex(({ batch }) => {
    points += batch.steps.length
    return points > togetherAtMost
  })
  return end < 0 ? waiting : waiting.slice(0, Math.max(1, end))
}
