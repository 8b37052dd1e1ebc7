import { watch } from 'chokidar'
import type { Seen, WatchOrder } from '../protocol.ts'
import { answeringFolders } from './answering-folders.ts'
import { completeness, fileVersion, qualities } from './completeness.ts'
import { byAge, candidateAt, type FoundModels, findModels } from './find-models.ts'
import { newerModels, type Sighting, sightings } from './newer-models.ts'

const deepest = 6
const mostShown = 100
const burstMs = 50
const slowestPollMs = 30_000
/** A tree that takes long to search is searched less often: this many times as long as a search takes. */
const restPerSearch = 50

/** The watch of one model host; `follow` starts it, and later replaces its order. */
export class ModelWatch {
  readonly #tell: (seen: Seen) => void
  readonly #complete = completeness()
  readonly #qualities = qualities()
  readonly #answers = answeringFolders()
  #order: WatchOrder | undefined
  #orderedAtMs = 0
  #sightings: ReadonlyMap<string, Sighting> = new Map()
  #told = ''
  #timer: NodeJS.Timeout | undefined
  #looking = false
  #searchMs = 0
  #again = false

  /** `tell` hears what lies in the artifact folders, and what of it could replace the served model, when that changes. */
  constructor(tell: (seen: Seen) => void) {
    this.#tell = tell
  }

  follow(order: WatchOrder): void {
    if (this.#order === undefined) wakeOnEvents(order, () => this.#wakeIn(burstMs))
    this.#order = order
    this.#orderedAtMs = performance.now()
    this.#told = '' // what was told under another order is told again
    this.#wakeIn(0)
  }

  #wakeIn(ms: number): void {
    this.#again = this.#looking
    if (this.#looking) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#look(), ms)
  }

  // Events of the file system only wake it: a scan decides. Network volumes have none, hence the poll.
  async #look(): Promise<void> {
    const order = this.#order
    if (order === undefined || this.#looking) return
    this.#looking = true
    const waitMs = await this.#scan(order).catch(tellOnStderr)
    this.#looking = false
    const restMs = Math.min(slowestPollMs, restPerSearch * this.#searchMs)
    const pollMs = Math.max(order.pollMs, restMs)
    this.#wakeIn(this.#again ? burstMs : Math.min(pollMs, waitMs ?? pollMs))
  }

  /** Gives how long until a file that was seen has settled. */
  async #scan(order: WatchOrder): Promise<number | undefined> {
    const { candidates, rejected } = await this.#list(order)
    const files = candidates.map(fileVersion)
    const now = performance.now()
    this.#sightings = sightings(files, this.#sightings, now)
    const { settled, waitMs } = newerModels(files, this.#sightings, order, now)
    const sinceOrderMs = now - this.#orderedAtMs
    const isTried = (path: string, version: string) =>
      order.skip.some(
        (one) => one.path === path && one.version === version && sinceOrderMs < (one.retryMs ?? Infinity),
      )
    const { newest, cut } = await this.#complete(settled.filter((file) => !isTried(file.path, file.version)))
    const settling = newest === undefined && waitMs !== undefined
    const shown = await this.#qualities(files.slice(0, mostShown))
    const seen = { candidates: shown, rejected: [...rejected, ...cut], newest, settling }
    const text = JSON.stringify(seen)
    if (text !== this.#told) this.#tell(seen)
    this.#told = text
    return waitMs
  }

  async #list({ artifactDirs, file }: WatchOrder): Promise<FoundModels> {
    const answer = await Promise.all(artifactDirs.map(this.#answers))
    const startedAt = performance.now() // what hangs is no search: it is asked again soon
    const { candidates, rejected } = await findModels(artifactDirs.filter((_dir, at) => answer[at]))
    this.#searchMs = performance.now() - startedAt
    const hung = artifactDirs.filter((_dir, at) => !answer[at])
    const named = file === undefined ? undefined : await candidateAt(file).catch(() => undefined) // not there now
    const others = candidates.filter(({ path }) => path !== file)
    return {
      candidates: named ? [...others, named].sort(byAge) : others,
      rejected: [
        ...rejected,
        ...hung.map((path) => ({
          path,
          reason: `${path} does not answer: is its volume hung?`,
          passing: true,
        })),
      ],
    }
  }
}

function wakeOnEvents({ artifactDirs, file }: WatchOrder, wake: () => void): void {
  const paths = file === undefined ? [...artifactDirs] : [...artifactDirs, file]
  const ignored = (path: string) => /(?:^|\/)(?:\.[^/]+|node_modules|__pycache__)$/.test(path)
  const watcher = watch(paths, { ignored, depth: deepest, ignoreInitial: true, ignorePermissionErrors: true })
  watcher.on('all', wake)
  watcher.once('error', tellOnStderr) // without events a new model is found a poll later
  watcher.on('error', () => {})
}

function tellOnStderr(error: unknown): undefined {
  process.stderr.write(`watching the artifact folders: ${String(error)}\n`)
}
