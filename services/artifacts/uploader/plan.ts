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
  /** The files that it goes up with, in one commit, itself among them; the same set for each of them. */
  readonly unit?: ReadonlySet<string>
}

/** What goes up together: the bytes of `uploads` first, one after the other, then all in one commit. */
export interface Batch<Version extends HashedVersion> {
  readonly uploads: readonly Version[]
  readonly files: readonly Version[]
  readonly deleted: readonly string[]
}

export interface PlanLimits {
  readonly files: number
  /** Of files that travel inside the commit itself. */
  readonly regularBytes: number
  /** Of all files together; a larger one goes alone. */
  readonly bytes: number
  readonly deleted: number
  /** Small files, and those whose bytes are on the Hub already, do not wait for large ones. */
  readonly smallApart: boolean
}

export const planLimits: PlanLimits = {
  files: 100,
  regularBytes: 50e6,
  bytes: 2e9,
  deleted: 100,
  smallApart: false,
}

/** When time may run out, what is safe is safe at once: the small ones go first, then few at a time. */
export const flushLimits: PlanLimits = { ...planLimits, bytes: 64e6, smallApart: true }

/** Those of what has to be done by a time; as few commits as there can be where there is none. Pure. */
export function limitsUntil(untilMs = Number.POSITIVE_INFINITY): PlanLimits {
  return Number.isFinite(untilMs) ? flushLimits : planLimits
}

/** A file of this size is sent before the commit, by itself; smaller ones together with it. */
const aloneBytes = 8e6

/**
 * What has to be done so that the Hub has every version that it lacks, and none of `gone`: in order of importance, in
 * commits within the limits, none of them empty. Deletions come last, by themselves. Pure.
 */
export function plan<Version extends HashedVersion>(
  local: Iterable<Version>,
  remote: ReadonlyMap<string, RemoteFile>,
  { gone = [], limits = planLimits }: { gone?: readonly string[]; limits?: PlanLimits } = {},
): readonly Batch<Version>[] {
  const missing = [...local].filter((file) => !isOnHub(file, remote.get(file.remotePath)))
  missing.sort(byImportance)
  const units = together(missing)
  const isCheap = (unit: readonly Version[]) => unit.every((file) => costOf(file) === 0)
  const parts = limits.smallApart ? [units.filter(isCheap), units.filter((unit) => !isCheap(unit))] : [units]
  const groups = parts.flatMap((some) => grouped(some, limits))
  const there = gone.filter((path) => remote.has(path))
  return [
    ...groups.map((files) => ({ uploads: files.filter(goesAlone), files, deleted: [] })),
    ...chunks(there, limits.deleted).map((deleted) => ({ uploads: [], files: [], deleted })),
  ]
}

function goesAlone({ size, stored }: HashedVersion): boolean {
  return size >= aloneBytes && stored === undefined
}

/** Files that go up together side by side, at the place of the first of them. */
function together<Version extends HashedVersion>(files: readonly Version[]): readonly (readonly Version[])[] {
  const units = new Map<unknown, Version[]>()
  for (const file of files) {
    const key = file.unit ?? file
    const unit = units.get(key)
    if (unit) unit.push(file)
    else units.set(key, [file])
  }
  return [...units.values()]
}

function grouped<Version extends HashedVersion>(
  units: readonly (readonly Version[])[],
  limits: PlanLimits,
): Version[][] {
  const groups: Version[][] = []
  let room = { files: 0, bytes: 0, regularBytes: 0 }
  for (const unit of units) {
    const bytes = unit.reduce((sum, file) => sum + costOf(file), 0)
    const regularBytes = unit.reduce((sum, file) => sum + (mayBeRegular(file) ? file.size : 0), 0)
    if (room.files < unit.length || room.bytes < bytes || room.regularBytes < regularBytes) {
      groups.push([])
      room = { ...limits }
    }
    groups.at(-1)?.push(...unit)
    room = {
      files: room.files - unit.length,
      bytes: room.bytes - bytes,
      regularBytes: room.regularBytes - regularBytes,
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
