import type { CheckpointSearch, FoundCheckpoint } from '../find-checkpoint.ts'
import { checkpointProblem } from './checkpoint-problem.ts'
import { type Candidate, listCandidates } from './list-candidates.ts'

/** Looks at the newest first, and takes the first one that is whole; training states come before plain models. */
export async function newestCheckpoint({ dirs, models }: CheckpointSearch): Promise<FoundCheckpoint> {
  const candidates = await listCandidates(dirs)
  const passedOver: { path: string; reason: string }[] = []
  for (const candidate of inOrder(candidates, models)) {
    const reason = await checkpointProblem(candidate)
    if (reason === undefined) return { path: candidate.path, passedOver }
    passedOver.push({ path: candidate.path, reason })
  }
  return { path: undefined, passedOver }
}

function inOrder(candidates: readonly Candidate[], models: boolean): readonly Candidate[] {
  const wanted = candidates.filter(({ kind }) => models || kind !== 'model')
  const rank = ({ kind }: Candidate) => (kind === 'model' ? 1 : 0)
  return wanted.toSorted(
    (left, right) =>
      rank(left) - rank(right) || right.mtimeMs - left.mtimeMs || (left.path < right.path ? 1 : -1),
  )
}
