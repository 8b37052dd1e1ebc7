import type { RouteName } from './routes.ts'

/** One request as it went. Holds no header and no query, so no token. */
export interface LogEntry {
  readonly method: string
  readonly route: RouteName | 'unknown'
  readonly path: string
  /** Bytes of its body that arrived. */
  bytes: number
  /** What was answered; 0 while it is under way, or when the connection ended without an answer. */
  status: number
  /** Whether the answer was handed to the network whole. */
  answered: boolean
  /** By performance.now() of the stand-in; `endedMs` comes with the end of the answer or of the connection. */
  readonly startedMs: number
  endedMs?: number
  /** The LFS object that was sent, checked or completed. */
  oid?: string
  /** Which repository that object is for, as in `models/pod/run`. */
  repo?: string
  commit?: string
  /** The fault that met it. */
  fault?: string
  /** Why it was refused. */
  refusal?: string
}

/** What was sent of one LFS object. */
export interface ObjectCount {
  readonly puts: number
  readonly bytes: number
  /** PUTs that began after the object was stored and the client had been told so. */
  readonly putsAfterStored: number
}

export interface Counters {
  readonly requests: number
  readonly byRoute: Readonly<Record<string, number>>
  /** By status; those without an answer under 0. */
  readonly byStatus: Readonly<Record<string, number>>
  /** Bodies of all requests. */
  readonly bytes: number
  readonly commits: number
  readonly objects: Readonly<Record<string, ObjectCount>>
}

/** Counts a log, for instance the part of it since some moment: `count(hub.log.slice(before))`. */
export function count(log: readonly LogEntry[]): Counters {
  const objects: Record<string, ObjectCount> = {}
  const storedMs = new Map<string, number>()
  for (const entry of log) {
    const { route, oid, bytes, repo } = entry
    const place = `${repo}/${oid}`
    if (oid === undefined) continue
    if (route === 'put' || route === 'put-part') {
      const { puts = 0, bytes: before = 0, putsAfterStored = 0 } = objects[oid] ?? {}
      const again = entry.startedMs > (storedMs.get(place) ?? Number.POSITIVE_INFINITY) ? 1 : 0
      objects[oid] = { puts: puts + 1, bytes: before + bytes, putsAfterStored: putsAfterStored + again }
    }
    const told = (route === 'put' || route === 'complete') && entry.status === 200 && entry.answered
    if (told && !storedMs.has(place)) storedMs.set(place, entry.endedMs ?? entry.startedMs)
  }
  return {
    requests: log.length,
    byRoute: tally(log.map(({ route }) => route)),
    byStatus: tally(log.map(({ status }) => String(status))),
    bytes: log.reduce((sum, { bytes }) => sum + bytes, 0),
    commits: log.filter(({ commit }) => commit !== undefined).length,
    objects,
  }
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
