import type { PointBatch } from './job-store.ts'

/** Points of one job from several batches, one after the other. */
export interface JoinedBatch {
  readonly batch: PointBatch
  readonly parts: readonly PointBatch[]
}

/** The same points in fewer batches; the order of one job's points stays. Pure. */
export function joinBatches(batches: readonly PointBatch[]): readonly JoinedBatch[] {
  const groups: PointBatch[][] = []
  const lastOf = new Map<string, PointBatch[]>()
  for (const batch of batches) {
    const group = lastOf.get(batch.jobId)
    if (group?.[0] && sameNames(group[0].names, batch.names)) group.push(batch)
    else {
      const begun = [batch]
      lastOf.set(batch.jobId, begun)
      groups.push(begun)
    }
  }
  return groups.map((parts) => ({ batch: joined(parts), parts }))
}

function joined(group: readonly PointBatch[]): PointBatch {
  const [first] = group
  if (!first || group.length === 1) return first ?? { jobId: '', names: [], ...empty }
  return {
    jobId: first.jobId,
    names: first.names,
    steps: concatenated(group.map(({ steps }) => steps)),
    times: concatenated(group.map(({ times }) => times)),
    values: concatenated(group.map(({ values }) => values)),
  }
}

const empty = { steps: new Float64Array(), times: new Float64Array(), values: new Float64Array() }

function concatenated(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function sameNames(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((name, at) => name === right[at])
}
