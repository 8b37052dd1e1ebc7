import type { LoadProgress, Suspect } from '../model-host/protocol.ts'

const deathsToSuspect = 2

/** Remembers files that model hosts died on, so that one file which crashes onnxruntime cannot keep all others away. */
export class Suspects {
  readonly #deaths = new Map<string, { readonly suspect: Suspect; readonly count: number }>()

  /** A host ended while it loaded; once may be chance (someone killed it), twice is the file. */
  hostDied(reason: string, at: LoadProgress | undefined): void {
    if (at?.version === undefined) return
    const key = `${at.path} ${at.version}`
    const count = (this.#deaths.get(key)?.count ?? 0) + 1
    const { path, version, stage } = at
    const suspect = {
      path,
      version,
      reason: `the model host ended ${count} times on it (${stage}: ${reason})`,
    }
    this.#deaths.set(key, { suspect, count })
  }

  list(): readonly Suspect[] {
    return [...this.#deaths.values()]
      .filter(({ count }) => count >= deathsToSuspect)
      .map(({ suspect }) => suspect)
  }
}
