import { realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { LedAstray, openWay } from '../../../supervisor/open-way.ts'
import { withBelongings } from './belongings.ts'
import type { SourceFolder } from './options.ts'
import { References } from './references.ts'
import {
  type FolderContent,
  type FolderPlace,
  type FolderRules,
  type ScannedFile,
  scanFolder,
} from './scan-folder.ts'
import type { PassedOver } from './upload-report.ts'

const deepest = 40

/** What is there now. */
export interface Scan {
  /** By path on the Hub. */
  readonly files: ReadonlyMap<string, ScannedFile>
  readonly refused: readonly PassedOver[]
  /** Files that no pattern names. Absolute paths. */
  readonly unmatched: readonly string[]
  readonly unreadable: readonly PassedOver[]
  /** Sources that do not exist. */
  readonly missing: readonly string[]
  /** All folders that were looked into, sources first. */
  readonly folders: readonly string[]
  readonly entries: number
  readonly tookMs: number
}

/** What the source folders hold; knows what each folder held, so that a change in one costs a look at that one. */
export class Tree {
  readonly #sources: readonly SourceFolder[]
  readonly #prefix: string
  readonly #rules: FolderRules
  readonly #known = new Map<string, { readonly place: FolderPlace; readonly content: FolderContent }>()
  readonly #references = new References()
  #missing: readonly string[] = []
  #astray: readonly PassedOver[] = []

  /** `prefix` is that of the Hub, without slashes at its ends. */
  constructor(sources: readonly SourceFolder[], prefix: string, rules: FolderRules) {
    this.#sources = sources
    this.#prefix = prefix
    this.#rules = rules
  }

  /** Looks into `dirty` folders and what is new in them; without it, into all. */
  async scan(dirty?: Iterable<string>): Promise<Scan> {
    const startedAt = performance.now()
    await this.#look(dirty === undefined ? await this.#roots() : this.#places(dirty))
    const { refused, ...rest } = merged(this.#known)
    const tookMs = performance.now() - startedAt
    return { ...rest, refused: [...this.#astray, ...refused], missing: this.#missing, tookMs }
  }

  async #roots(): Promise<FolderPlace[]> {
    this.#known.clear()
    const missing: string[] = []
    const astray: PassedOver[] = []
    const places: FolderPlace[] = []
    for (const { dir, under } of this.#sources) {
      const found = await whereIs(dir)
      if (found === undefined) missing.push(dir)
      else if (typeof found === 'string') places.push(placeOf(found, joined(this.#prefix, under)))
      else astray.push({ path: dir, reason: found.message })
    }
    this.#missing = missing
    this.#astray = astray
    return places
  }

  #places(dirty: Iterable<string>): FolderPlace[] {
    return [...dirty].flatMap((path) => this.#known.get(path)?.place ?? [])
  }

  async #look(start: readonly FolderPlace[]): Promise<void> {
    const queue = [...start]
    let entries = 0
    for (let place = queue.pop(); place !== undefined; place = queue.pop()) {
      const before = this.#known.get(place.path)?.content
      const content = await withBelongings(scanFolder(place, this.#rules), this.#references, this.#rules)
      this.#known.set(place.path, { place, content })
      this.#forget(before, content)
      if (place.relative.split('/').length < deepest)
        queue.push(...content.folders.filter((sub) => !this.#known.has(sub.path)))
      entries += content.entries
      if (entries < 2000) continue
      entries = 0
      await turn() // messages of the parent wait no longer than this
    }
  }

  /** Folders that have gone, with all below them. */
  #forget(before: FolderContent | undefined, now: FolderContent): void {
    const left = new Set(now.folders.map(({ path }) => path))
    for (const { path } of before?.folders ?? []) {
      const content = left.has(path) ? undefined : this.#known.get(path)?.content
      if (content === undefined) continue
      this.#known.delete(path)
      this.#forget(content, { ...now, folders: [] })
    }
  }
}

/** A source that is a link itself is followed: somebody named it; but nobody leads root to what they may not read themselves. */
async function whereIs(dir: string): Promise<string | LedAstray | undefined> {
  try {
    await using folder = await openWay(resolve(dir))
    return await realpath(process.platform === 'linux' ? `/proc/self/fd/${folder.fd}` : dir)
  } catch (error) {
    if (error instanceof LedAstray) return error
    return undefined // not there yet, or not to be reached: `missing` says so
  }
}

const placeOf = (path: string, under: string): FolderPlace => ({
  path,
  relative: '',
  under: under === '' ? '' : `${under}/`,
})

function joined(prefix: string, under: string): string {
  return [prefix, under].filter((part) => part !== '').join('/')
}

function merged(
  known: ReadonlyMap<string, { readonly content: FolderContent }>,
): Omit<Scan, 'missing' | 'tookMs'> {
  const files = new Map<string, ScannedFile>()
  const unmatched: string[] = []
  const scan = { files, refused: [] as PassedOver[], unmatched, unreadable: [] as PassedOver[], entries: 0 }
  for (const { content } of known.values()) {
    scan.entries += content.entries
    scan.refused.push(...content.refused)
    scan.unmatched.push(...content.unmatched)
    scan.unreadable.push(...content.unreadable)
    for (const file of content.files) addFile(files, file, scan.refused)
  }
  return { ...scan, folders: [...known.keys()] }
}

/** Of two files for one path on the Hub the one that has exactly this name goes, else the first by name. */
function addFile(files: Map<string, ScannedFile>, file: ScannedFile, refused: PassedOver[]): void {
  const other = files.get(file.remotePath)
  if (other === undefined) {
    files.set(file.remotePath, file)
    return
  }
  const [kept, loser] = isFirst(file, other) ? [file, other] : [other, file]
  files.set(file.remotePath, kept)
  const reason = `${kept.path} has the same path on the Hub (${file.remotePath}): rename one of them`
  refused.push({ path: loser.path, reason })
}

function isFirst(left: ScannedFile, right: ScannedFile): boolean {
  const exact = (file: ScannedFile) =>
    file.path.endsWith(file.remotePath.slice(file.remotePath.lastIndexOf('/') + 1))
  if (exact(left) !== exact(right)) return exact(left)
  return left.path < right.path
}
