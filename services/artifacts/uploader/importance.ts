import { basename } from 'node:path'
import { isTrainerState } from '../../../supervisor/trainer-state.ts'

const smallBytes = 1e6

interface Version {
  readonly remotePath: string
  readonly size: number
  readonly mtimeMs: number
}

/** Metrics, configurations and the like. Pure. */
export function isSmall({ size }: Pick<Version, 'size'>): boolean {
  return size <= smallBytes
}

/** Sorts what is to be safe first to the front: small files, then the best checkpoint, then the newest, the state of a training last. Pure. */
export function byImportance(left: Version, right: Version): number {
  const rank = rankOf(left) - rankOf(right)
  if (rank !== 0) return rank
  if (left.mtimeMs !== right.mtimeMs) return right.mtimeMs - left.mtimeMs
  return left.remotePath < right.remotePath ? -1 : 1
}

function rankOf(file: Version): number {
  if (isTrainerState(basename(file.remotePath))) return 3
  if (isSmall(file)) return 0
  return /(?:^|[^a-z])best(?:[^a-z]|$)/i.test(file.remotePath) ? 1 : 2
}
