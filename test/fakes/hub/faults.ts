import { random } from '../../fixtures/chaos/random.ts'
import type { RouteName } from './routes.ts'

/** What goes wrong with one request. */
export type Effect =
  /**
   * Answers so instead of doing what was asked, once the body has come (`early`: without waiting for it). `retryAfter`
   * in seconds goes out as `retryAs` says.
   */
  | {
      readonly fault: 'answer'
      readonly status: number
      readonly retryAfter?: number
      readonly retryAs?: 'seconds' | 'date' | 'ratelimit'
      readonly code?: string
      readonly message?: string
      readonly early?: boolean
    }
  /** Ends the connection once so many bytes of the body have come (at once without `afterBytes`). */
  | { readonly fault: 'cut'; readonly afterBytes?: number }
  /** Does what was asked, then ends the connection instead of answering; with `hold` only when the client goes. */
  | { readonly fault: 'lose-answer'; readonly hold?: boolean }
  /** Reads nothing and answers nothing until the client goes. */
  | { readonly fault: 'hang' }
  | { readonly fault: 'slow'; readonly bytesPerSecond: number }
  /** Another writer commits `path` just before this request is looked at. */
  | { readonly fault: 'rival-commit'; readonly path?: string }
  /** A part is stored, but its ETag is another one, or missing. */
  | { readonly fault: 'wrong-etag'; readonly missing?: boolean }
  /** The LFS batch answers with an error in the place of each object. */
  | { readonly fault: 'object-error'; readonly code?: number; readonly message?: string }
  | { readonly fault: 'delete-repo' }
  | { readonly fault: 'publish-repo' }
  | { readonly fault: 'revoke-token' }
  /** The storage loses all LFS objects of the repository. */
  | { readonly fault: 'forget-objects' }
  /** The server goes and comes back on the same port; what it has stored stays. All connections end. */
  | { readonly fault: 'restart' }

/** An effect and the requests it meets: those of the routes `on`, all but the first `skip`, `times` of them (default 1). */
export type Fault = Effect & {
  readonly on?: RouteName | readonly RouteName[]
  readonly skip?: number
  readonly times?: number | 'always'
}

/** Something that was switched on. */
export interface Switch {
  /** How many requests it has met. */
  hits(): number
  off(): void
}

export interface Faults {
  add(fault: Fault): Switch
  /** Each request meets one of the faults with this chance (`skip` and `times` do not count), at most `atMost` in all. */
  mix(
    seed: number,
    faults: readonly Fault[],
    options?: { readonly chance?: number; readonly atMost?: number },
  ): Switch
  clear(): void
  /** What the next request on this route meets. */
  draw(route: RouteName): Effect | undefined
}

type Source = (route: RouteName) => Effect | undefined

export function faultSwitches(): Faults {
  const sources = new Set<Source>()
  const switchOn = (source: Source): Switch => {
    let hits = 0
    const counted: Source = (route) => {
      const effect = source(route)
      if (effect) hits += 1
      return effect
    }
    sources.add(counted)
    return { hits: () => hits, off: () => void sources.delete(counted) }
  }
  return {
    add: (fault) => switchOn(oneFault(fault)),
    mix: (seed, faults, options) => switchOn(mixture(random(seed), faults, options)),
    clear: () => sources.clear(),
    draw(route) {
      for (const source of sources) {
        const effect = source(route)
        if (effect) return effect
      }
      return undefined
    },
  }
}

function oneFault(fault: Fault): Source {
  const { skip = 0, times = 1 } = fault
  const last = times === 'always' ? Number.POSITIVE_INFINITY : skip + times
  let met = 0
  return (route) => {
    if (!concerns(fault, route)) return undefined
    met += 1
    return met > skip && met <= last ? fault : undefined
  }
}

function mixture(
  next: () => number,
  faults: readonly Fault[],
  { chance = 0.2, atMost = Number.POSITIVE_INFINITY } = {},
): Source {
  let met = 0
  return (route) => {
    const possible = faults.filter((fault) => concerns(fault, route))
    if (met >= atMost || possible.length === 0 || next() >= chance) return undefined
    met += 1
    return possible[Math.floor(next() * possible.length)]
  }
}

function concerns({ on }: Fault, route: RouteName): boolean {
  return on === undefined || [on].flat().includes(route)
}
