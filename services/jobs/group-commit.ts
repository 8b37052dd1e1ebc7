import { JobProblem } from './job-problem.ts'
import type { AddedPoints, PointBatch } from './job-store.ts'
import { type JoinedBatch, joinBatches } from './join-batches.ts'

/** Points that may wait for the disk at a time, and how many of them are written together: well within the time of a call. */
const waitingAtMost = 400_000
const togetherAtMost = 20_000

interface Waiting {
  readonly batch: PointBatch
  readonly done: PromiseWithResolvers<AddedPoints>
}

/**
 * Writes with one commit all that waits when the commit before it is done. Each call settles with its commit, by what became
 * of its own points; it rejects with a JobProblem (503) when too much waits already.
 */
export function groupCommit(
  add: (batches: readonly PointBatch[]) => Promise<readonly AddedPoints[]>,
): (batch: PointBatch) => Promise<AddedPoints> {
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
      const joined = joinBatches(group.map(({ batch }) => batch))
      const outcomes = partsOf(joined, await add(joined.map(({ batch }) => batch)))
      for (const { batch, done } of group) done.resolve(outcomes.get(batch) ?? nothing)
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
    return await entry.done.promise
  }
}

const nothing: AddedPoints = { continued: [], replaced: [] }

/** What became of each of the batches that were joined. */
function partsOf(
  joined: readonly JoinedBatch[],
  added: readonly AddedPoints[],
): ReadonlyMap<PointBatch, AddedPoints> {
  const outcomes = new Map<PointBatch, AddedPoints>()
  for (const [at, { parts }] of joined.entries()) {
    const { continued, replaced } = added[at] ?? nothing
    let from = 0
    for (const part of parts) {
      const [first, end] = [from, from + part.steps.length]
      const isIn = (row: number) => row >= first && row < end
      outcomes.set(part, {
        continued: continued
          .filter(([row]) => isIn(row))
          .map(([row, step]): [number, number] => [row - first, step]),
        replaced: replaced
          .filter(({ row }) => isIn(row))
          .map(({ row, names }) => ({ row: row - first, names })),
      })
      from = end
    }
  }
  return outcomes
}

function firstOf(waiting: readonly Waiting[]): readonly Waiting[] {
  let points = 0
  const end = waiting.findIndex(({ batch }) => {
    points += batch.steps.length
    return points > togetherAtMost
  })
  return end < 0 ? waiting : waiting.slice(0, Math.max(1, end))
}
