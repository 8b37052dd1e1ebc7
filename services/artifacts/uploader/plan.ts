import type { RemoteFile } from './hub/hub-repo.ts'
import { byImportance, isSmall } from './importance.ts'
import { isOnHub } from './is-on-hub.ts'
import { mayBeRegular } from './upload-mode.ts'

/** A settled and hashed version of a file. */
export interface HashedVersion {
  readonly remotePath: string
  readonly size: number
  readonly mtimeMs: number
  readonly sha256: string
  readonly gitOid?: string
  /** How the Hub took its bytes, once it was asked; `lfs`: they are there. */
  readonly stored?: 'lfs' | 'regular'
}

/** What goes up together: the bytes of `uploads` first, one after the other, then all in one commit. */
export interface Batch {
  readonly uploads: readonly HashedVersion[]
  readonly files: readonly HashedVersion[]
  readonly deleted: readonly string[]
}

export interface PlanLimits {
  readonly files: number
  /** Of files that travel inside the commit itself. */
  readonly regularBytes: number
  /** Of all files together; a larger one goes alone. */
  readonly bytes: number
  readonly deleted: number
}

export const planLimits: PlanLimits = { files: 100, regularBytes: 50e6, bytes: 2e9, deleted: 100 }

/** In a flush what is safe is safe at once: the small ones go first, then few at a time. */
export const flushLimits: PlanLimits = { ...planLimits, bytes: 64e6 }

/** A file of this size is sent before the commit, by itself; smaller ones together with it. */
const aloneBytes = 8e6

/**
 * What has to be done so that the Hub has every version that it lacks, and none of `gone`: in order of importance, in
 * commits within the limits, none of them empty. Pure.
 */
export function plan(
  local: Iterable<HashedVersion>,
  remote: ReadonlyMap<string, RemoteFile>,
  { gone = [], limits = planLimits }: { gone?: readonly string[]; limits?: PlanLimits } = {},
): readonly Batch[] {
  const missing = [...local].filter((file) => !isOnHub(file, remote.get(file.remotePath)))
  const groups = grouped(missing.sort(byImportance), limits)
  const deletions = chunks(
    gone.filter((path) => remote.has(path)),
    limits.deleted,
  )
  return Array.from({ length: Math.max(groups.length, deletions.length) }, (_, at) => {
    const files = groups[at] ?? []
    const uploads = files.filter(({ size, stored }) => size >= aloneBytes && stored === undefined)
    return { uploads, files, deleted: deletions[at] ?? [] }
  })
}

function grouped(files: readonly HashedVersion[], limits: PlanLimits): HashedVersion[][] {
  const groups: HashedVersion[][] = []
  let room = { files: 0, bytes: 0, regularBytes: 0 }
  for (const file of files) {
    const regular = mayBeRegular(file) ? file.size : 0
    const fits = room.files >= 1 && room.bytes >= costOf(file) && room.regularBytes >= regular
    if (!fits) {
      groups.push([])
      room = { ...limits }
    }
    groups.at(-1)?.push(file)
    room = {
      files: room.files - 1,
      bytes: room.bytes - costOf(file),
      regularBytes: room.regularBytes - regular,
    }
  }
  return groups
}

/** Small files are no reason for another commit; what is on the Hub already costs nothing more. */
function costOf(file: HashedVersion): number {
  return isSmall(file) || file.stored === 'lfs' ? 0 : file.size
}

function chunks(paths: readonly string[], length: number): string[][] {
  const count = Math.ceil(paths.length / length)
  return Array.from({ length: count }, (_, at) => paths.slice(at * length, (at + 1) * length))
}
