import type { FileVersion, Rejection, Suspect, WatchOrder } from '../model-host/protocol.ts'

const mostKnown = 500
const retryMs = 30_000

/** Remembers what could not be served and why, so that each version is tried, and told of, once. */
export class Rejections {
  readonly #tried = new Map<string, Rejection>()
  readonly #told = new Set<string>()
  #seen: readonly Rejection[] = []

  /** Adds what was found out while a model was loaded; gives what is news. */
  tried(rejected: readonly Rejection[]): readonly Rejection[] {
    if (this.#tried.size > mostKnown) this.#tried.clear()
    for (const one of rejected) this.#tried.set(one.path, one)
    return this.#news(rejected)
  }

  /** Replaces what the watch has found; files that are gone are forgotten. Gives what is news. */
  seen(rejected: readonly Rejection[], candidates: readonly FileVersion[]): readonly Rejection[] {
    this.#seen = rejected
    const versions = new Map(candidates.map(({ path, version }) => [path, version]))
    for (const { path, version } of [...this.#tried.values()]) {
      if (version === undefined || versions.get(path) !== version) this.#tried.delete(path)
    }
    return this.#news(rejected)
  }

  /** A version that is served after all. */
  served(path: string): void {
    this.#tried.delete(path)
  }

  list(): readonly Rejection[] {
    const byPath = new Map([...this.#seen, ...this.#tried.values()].map((one) => [one.path, one]))
    return [...byPath.values()]
  }

  /** What need not be tried again, or not soon. */
  skip(): WatchOrder['skip'] {
    return [...this.#tried.values()].flatMap(({ path, version, passing }) =>
      version === undefined ? [] : [{ path, version, ...(passing ? { retryMs } : {}) }],
    )
  }

  /** What is wrong with what is in the files, for a host that looks through them. */
  lasting(): readonly Suspect[] {
    return [...this.#tried.values()].flatMap(({ path, reason, version, passing }) =>
      version === undefined || passing ? [] : [{ path, reason, version }],
    )
  }

  #news(rejected: readonly Rejection[]): readonly Rejection[] {
    if (this.#told.size > mostKnown) this.#told.clear()
    return rejected.filter(({ path, version, reason }) => {
      const key = `${path} ${version} ${reason}`
      const isNew = !this.#told.has(key)
      this.#told.add(key)
      return isNew
    })
  }
}
