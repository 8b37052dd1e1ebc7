import { lstatSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Journal } from './journal.ts'
import type { KnownSource } from './journal-lines.ts'
import type { SourceFolder, UploadOptions } from './options.ts'
import type { UploadEvent } from './protocol.ts'
import type { Scan } from './tree.ts'

const graceMs = 600_000
/** How often a file that is there, and does not go up any more, is looked at. */
const lookAgainMs = 60_000

/** What decides which deletions are due. */
export interface DeletionWorld {
  readonly options: Pick<UploadOptions, 'sources' | 'target' | 'deletion'>
  readonly journal: Journal
  tell(event: UploadEvent): void
}

/** A source, what stands before its files on the Hub, and what is there now. */
interface Place extends SourceFolder {
  readonly remote: string
  readonly known: KnownSource | undefined
  /** Device and inode; undefined when nothing is there. */
  readonly folder: string | undefined
  readonly isEmpty: boolean
}

/**
 * What `mirror` deletes on the Hub: what was committed from the folders that are sources now, and has been gone from
 * the disk for ten minutes. A file that is there and does not go up any more stays. While a source that was there is
 * missing, is another folder without files, or cannot be read in full, nothing is deleted, and `heldBack` says why.
 */
export class Deletions {
  readonly #world: DeletionWorld
  readonly #goneSinceMs = new Map<string, number>()
  readonly #thereUntilMs = new Map<string, number>()
  #scan: Scan | undefined
  /** Sentences for the user: why nothing is deleted. */
  heldBack: readonly string[] = []

  constructor(world: DeletionWorld) {
    this.#world = world
  }

  /** Paths on the Hub to delete now; none with `keep`. */
  due(scan: Scan, nowMs: number): readonly string[] {
    if (scan !== this.#scan) this.#takeIn(scan)
    this.#scan = scan
    const { options, journal } = this.#world
    if (options.deletion === 'keep') return []
    if (this.heldBack.length > 0) {
      this.#goneSinceMs.clear()
      this.#thereUntilMs.clear()
      return []
    }
    for (const times of [this.#goneSinceMs, this.#thereUntilMs])
      for (const path of times.keys())
        if (!journal.entries.has(path) || scan.files.has(path)) times.delete(path)
    return [...journal.entries].flatMap(([path, { state }]) =>
      state === 'committed' && !scan.files.has(path) && this.#isDue(path, nowMs) ? [path] : [],
    )
  }

  #isDue(path: string, nowMs: number): boolean {
    if (nowMs < (this.#thereUntilMs.get(path) ?? nowMs)) return false
    const sinceMs = this.#goneSinceMs.get(path)
    if (sinceMs !== undefined && nowMs - sinceMs < graceMs) return false
    if (!isGone(path, this.#world.options)) {
      this.#goneSinceMs.delete(path)
      this.#thereUntilMs.set(path, nowMs + lookAgainMs)
      return false
    }
    this.#goneSinceMs.set(path, sinceMs ?? nowMs)
    return sinceMs !== undefined
  }

  /** Remembers the sources as they are, and tells what holds deletions back. */
  #takeIn(scan: Scan): void {
    const { options, journal, tell } = this.#world
    if (!areThese(journal.sources, options.sources)) this.#disown(scan)
    const places = placesOf(options, journal, scan)
    const sources = places.map(({ dir, under, known, folder, isEmpty }) => {
      const kept = folder !== undefined && (!isEmpty || known?.folder === undefined) ? folder : known?.folder
      return { dir, under, ...(kept !== undefined && { folder: kept }) }
    })
    if (JSON.stringify(sources) !== JSON.stringify(journal.sources)) journal.note({ sources })
    if (options.deletion === 'keep') return
    const before = this.heldBack
    this.heldBack = reasonsToHold(scan, places, committedPaths(journal)).map(
      (reason) => `HF_SYNC_DELETE=mirror deletes nothing on Hugging Face: ${reason}`,
    )
    for (const text of this.heldBack) if (!before.includes(text)) tell({ type: 'warning', text })
  }

  /** What came from other sources, or went elsewhere, is not known to be gone: it stays on the Hub. */
  #disown({ files }: Scan): void {
    const { journal } = this.#world
    for (const path of committedPaths(journal)) if (!files.has(path)) journal.note({ forget: path })
  }
}

function areThese(known: readonly SourceFolder[], sources: readonly SourceFolder[]): boolean {
  const texts = (some: readonly SourceFolder[]) => some.map(({ dir, under }) => `${under}\n${dir}`).sort()
  return texts(known).join('\n') === texts(sources).join('\n')
}

function committedPaths({ entries }: Journal): readonly string[] {
  return [...entries].flatMap(([path, { state }]) => (state === 'committed' ? [path] : []))
}

function placesOf(
  { sources, target }: DeletionWorld['options'],
  journal: Journal,
  { files, missing }: Scan,
): readonly Place[] {
  return sources.map((source) => {
    const remote = remoteOf(source, target.prefix)
    const known = journal.sources.find(({ dir, under }) => dir === source.dir && under === source.under)
    const isEmpty = ![...files.keys()].some((path) => path.startsWith(remote))
    const folder = missing.includes(source.dir) ? undefined : folderAt(source.dir)
    return { ...source, remote, known, folder, isEmpty }
  })
}

/** What stands before the paths of a source on the Hub, with a slash at its end or empty. */
function remoteOf({ under }: SourceFolder, prefix: string): string {
  return [prefix, under].map((part) => (part === '' ? '' : `${part}/`)).join('')
}

function folderAt(dir: string): string | undefined {
  try {
    const { dev, ino } = statSync(dir)
    return `${dev}:${ino}`
  } catch {
    return undefined // missing or not to be reached: the scan says which
  }
}

function reasonsToHold(
  scan: Scan,
  places: readonly Place[],
  committed: readonly string[],
): readonly string[] {
  const astray = scan.refused.filter(({ path }) => places.some(({ dir }) => dir === path))
  const unread = [...scan.unreadable, ...astray].map(({ path, reason }) => `${path} is not read: ${reason}`)
  const gone = places.flatMap((place) => placeProblem(place, committed) ?? [])
  const reasons = [...unread, ...gone]
  if (reasons.length > 0 || scan.files.size > 0 || committed.length === 0) return reasons
  return [
    `no file is left in ${places.map(({ dir }) => dir).join(', ')}. If that is meant, delete what is there by hand.`,
  ]
}

/** Why a source tells nothing about what is gone; one that never was holds nothing back. */
function placeProblem({ dir, remote, known, folder, isEmpty }: Place, committed: readonly string[]) {
  const hadFiles = committed.some((path) => path.startsWith(remote))
  if (folder === undefined && (known?.folder !== undefined || hadFiles))
    return `${dir} is missing, and was there before. Mount or make it again, or take it out of HF_SYNC_SOURCE_DIR or ARTIFACT_DIRS.`
  if (isEmpty && hadFiles && folder !== known?.folder)
    return `${dir} has no file, and is not the folder that it was. Mount its volume, or put a file into it.`
  return undefined
}

/** Whether nothing has this name in the folder that it came from; names go up as NFC, and are looked for in any form. */
function isGone(path: string, { sources, target }: DeletionWorld['options']): boolean {
  const source = sources.find((one) => path.startsWith(remoteOf(one, target.prefix)))
  if (source === undefined) return false
  const segments = path.slice(remoteOf(source, target.prefix).length).split('/')
  try {
    let found: readonly string[] = [source.dir]
    for (const segment of segments) found = found.flatMap((folder) => named(segment, folder))
    return !found.some((file) => thereOr(undefined, () => lstatSync(file)) !== undefined)
  } catch {
    return false // a folder that does not answer, or may not be read, tells nothing
  }
}

function named(segment: string, folder: string): readonly string[] {
  const names =
    segment.normalize('NFD') === segment
      ? [segment]
      : thereOr([], () => readdirSync(folder)).filter((name) => name.normalize('NFC') === segment)
  return names.map((name) => join(folder, name))
}

/** What `look` finds; `otherwise` when nothing is there. Every other failure is thrown. */
function thereOr<Value>(otherwise: Value, look: () => Value): Value {
  try {
    return look()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return otherwise
    throw error
  }
}
