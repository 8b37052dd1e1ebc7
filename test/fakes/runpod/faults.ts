import type { RouteName } from './routes.ts'

/** What goes wrong with one request. */
export type Effect =
  /** Answers so instead of doing what was asked: JSON as the API would, unless `text` is given. `retryAfter` in seconds. */
  | {
      readonly fault: 'answer'
      readonly status: number
      readonly detail?: string
      readonly retryAfter?: number
      readonly text?: string
    }
  /** GraphQL's way: 200 with errors, and perhaps half of the data. */
  | { readonly fault: 'errors'; readonly message: string; readonly data?: object }
  /** A page of a proxy. */
  | { readonly fault: 'html'; readonly status: number }
  | { readonly fault: 'redirect'; readonly status?: number; readonly to: string }
  /** Answers nothing until the client goes. */
  | { readonly fault: 'hang' }
  /** Resets the connection without an answer, before (`cut`) or after it was done (`lose-answer`). */
  | { readonly fault: 'cut' }
  | { readonly fault: 'lose-answer' }
  /** Does what was asked and sends half of the answer. */
  | { readonly fault: 'half' }
  /** Does what was asked after so long. */
  | { readonly fault: 'slow'; readonly ms: number }
  /** Endless bytes. */
  | { readonly fault: 'flood' }

/** Which requests: a route, or all of one of the two interfaces. */
type On = RouteName | 'rest' | 'graphql-any'

/** An effect and the requests it meets: those `on`, all but the first `skip`, `times` of them (default 1). */
export type Fault = Effect & {
  readonly on?: On | readonly On[]
  readonly skip?: number
  readonly times?: number | 'always'
}

/** Scripted faults; the first that concerns a request meets it. */
export interface Faults {
  /** Returns how many requests it has met. */
  add(fault: Fault): () => number
  clear(): void
  /** What the next request on this route meets. */
  draw(route: RouteName, isGraphql: boolean): Effect | undefined
}

interface Scripted {
  readonly fault: Fault
  seen: number
  hits: number
}

export function faultScript(): Faults {
  const all = new Set<Scripted>()
  return {
    add(fault) {
      const scripted = { fault, seen: 0, hits: 0 }
      all.add(scripted)
      return () => scripted.hits
    },
    clear: () => all.clear(),
    draw(route, isGraphql) {
      for (const scripted of all) if (meets(scripted, route, isGraphql)) return scripted.fault
      return undefined
    },
  }
}

function meets(scripted: Scripted, route: RouteName, isGraphql: boolean): boolean {
  const { on, skip = 0, times = 1 } = scripted.fault
  const names: readonly On[] = [route, isGraphql ? 'graphql-any' : 'rest']
  if (on !== undefined && ![on].flat().some((name) => names.includes(name))) return false
  scripted.seen += 1
  const last = times === 'always' ? Number.POSITIVE_INFINITY : skip + times
  const hit = scripted.seen > skip && scripted.seen <= last
  if (hit) scripted.hits += 1
  return hit
}
