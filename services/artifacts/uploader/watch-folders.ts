import { type FSWatcher, watch } from 'node:fs'

/** Each costs the system one watch, of which it has a few thousand for all. */
const mostWatches = 1000

/** Watches folders, not what is in them, and tells which one has news. What it misses, the next scan of all finds. */
export class FolderWatch {
  readonly #watchers = new Map<string, FSWatcher>()
  readonly #onNews: (folder: string) => void

  constructor(onNews: (folder: string) => void) {
    this.#onNews = onNews
  }

  /** Watches these, at most 1000 of them, and no others. Returns those that it watches from now on. */
  follow(folders: readonly string[]): readonly string[] {
    const wanted = new Set(folders.slice(0, mostWatches))
    for (const folder of this.#watchers.keys()) if (!wanted.has(folder)) this.#leave(folder)
    return [...wanted].filter((folder) => !this.#watchers.has(folder) && this.#watch(folder))
  }

  close(): void {
    for (const folder of this.#watchers.keys()) this.#leave(folder)
  }

  #watch(folder: string): boolean {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#onNews(folder))
      watcher.on('error', () => this.#leave(folder))
      this.#watchers.set(folder, watcher)
      return true
    } catch {
      return false // gone again, or the system has no watch left: the scan of all has to do
    }
  }

  #leave(folder: string): void {
    this.#watchers.get(folder)?.close()
    this.#watchers.delete(folder)
  }
}
