import { type FileVersion, isSameContent, type WatchOrder } from '../protocol.ts'
import { byAge } from './find-models.ts'

/** Since when a file has been as it is, on a clock that only goes forward. */
export interface Sighting {
  readonly version: string
  readonly sinceMs: number
}

export interface NewerModels {
  /** Newer than what is served and unchanged for long enough, newest first. */
  readonly settled: readonly FileVersion[]
  /** How long until the next one has settled; undefined when none is waited for. */
  readonly waitMs: number | undefined
}

/** Carries on since when each file has been as it is. Pure. */
export function sightings(
  found: readonly FileVersion[],
  before: ReadonlyMap<string, Sighting>,
  nowMs: number,
): ReadonlyMap<string, Sighting> {
  return new Map(
    found.map(({ path, version }) => {
      const known = before.get(path)
      return [path, known?.version === version ? known : { version, sinceMs: nowMs }]
    }),
  )
}

/** Which of the files could replace the served one now, and when to look again. Pure. */
export function newerModels(
  found: readonly FileVersion[],
  seen: ReadonlyMap<string, Sighting>,
  order: Pick<WatchOrder, 'serving' | 'file' | 'settleMs'>,
  nowMs: number,
): NewerModels {
  const newer = found.filter((candidate) => isNewer(candidate, order))
  const waits = newer.map(({ path }) => (seen.get(path)?.sinceMs ?? nowMs) + order.settleMs - nowMs)
  const settled = newer.filter((_candidate, at) => (waits[at] ?? 0) <= 0)
  const left = waits.filter((wait) => wait > 0)
  return { settled, waitMs: left.length > 0 ? Math.min(...left) : undefined }
}

/**
 * Any other version of the file that is served or named, an older one too; unless one is named, whatever is younger.
 * Anything is better than the bundled model.
 */
function isNewer(candidate: FileVersion, { serving, file }: Pick<WatchOrder, 'serving' | 'file'>): boolean {
  const { path } = candidate
  if (file !== undefined && path !== file) return false
  if (path === serving?.path) return !isSameContent(candidate, serving)
  return serving === undefined || byAge(candidate, serving) < 0
}
