import { createHash } from 'node:crypto'
import {
  type JournalEntry,
  type JournalLine,
  journalLines,
  journalText,
  type KnownSource,
} from './journal-lines.ts'
import type { HubTarget } from './options.ts'

/** Where journals are kept; what StatePort of the supervisor offers. A call that fails rejects. */
export interface JournalStore {
  read(name: string): Promise<string | undefined>
  append(name: string, text: string): Promise<void>
  write(name: string, text: string): Promise<void>
}

/** Appending more could make the store put the older half away twice, and only one half is kept. */
const compactAfterBytes = 3 << 20
const blockBytes = 1 << 20
const hourMs = 3_600_000

/** A journal for each place on the Hub: the same files elsewhere are another matter. Pure. */
export function journalName({ endpoint, repoType, repoId, branch, prefix }: HubTarget): string {
  const place = JSON.stringify([endpoint, repoType, repoId, branch, prefix])
  return `uploads-${createHash('sha256').update(place).digest('hex').slice(0, 16)}.jsonl`
}

/**
 * What was done to which version of which file, kept so that a new start neither reads nor sends again what was finished.
 * A store that does not answer is a problem to report, not one to wait for: the Hub's own listing makes up for it.
 */
export class Journal {
  readonly #store: JournalStore
  readonly #name: string
  readonly #entries = new Map<string, JournalEntry>()
  #commits: number[] = []
  #sources: readonly KnownSource[] = []
  #unkept: string[] = []
  #sinceCompaction = 0
  problem: string | undefined

  constructor(store: JournalStore, name: string) {
    this.#store = store
    this.#name = name
  }

  get entries(): ReadonlyMap<string, JournalEntry> {
    return this.#entries
  }

  /** The sources that the entries came from; none before a look at them was remembered. */
  get sources(): readonly KnownSource[] {
    return this.#sources
  }

  /** When the commits of the last hour were made, by the wall clock, oldest first. */
  commitTimes(nowMs: number): readonly number[] {
    this.#commits = this.#commits.filter((atMs) => nowMs - atMs < hourMs && atMs <= nowMs)
    return this.#commits
  }

  /** Reads what was kept; a store that fails leaves it empty. */
  async load(): Promise<void> {
    // The store renames a file that has become too long: what was written before stands there.
    for (const name of [`${this.#name}.1`, this.#name]) {
      const text = await this.#try(() => this.#store.read(name))
      for (const line of journalLines(text ?? '')) this.#apply(line)
      this.#sinceCompaction += text?.length ?? 0
    }
  }

  /** Remembers, to be kept by the next `keep`. */
  note(line: JournalLine): void {
    this.#apply(line)
    this.#unkept.push(journalText(line))
  }

  /** Whether something noted is not kept. */
  get isBehind(): boolean {
    return this.#unkept.length > 0
  }

  /** Settles when all that was noted is kept, or when it is clear that it is not: `problem` tells which, and the next call tries again. */
  async keep(): Promise<void> {
    const lines = this.#unkept
    this.#unkept = []
    if (this.#sinceCompaction > compactAfterBytes) return await this.#compact()
    const texts = [...blocks(lines)]
    for (const [at, text] of texts.entries()) {
      this.#sinceCompaction += text.length
      await this.#try(() => this.#store.append(this.#name, text))
      if (this.problem === undefined) continue
      this.#unkept.unshift(...texts.slice(at))
      return
    }
  }

  async #compact(): Promise<void> {
    this.#sinceCompaction = 0
    await this.#try(() => this.#store.write(this.#name, this.#text()))
  }

  #text(): string {
    const files = [...this.#entries].map(([path, entry]) => journalText({ path, ...entry }))
    const sources = journalText({ sources: this.#sources })
    return [...files, sources, ...this.#commits.map((atMs) => journalText({ commit: '', atMs }))].join('')
  }

  #apply(line: JournalLine): void {
    if ('forget' in line) this.#entries.delete(line.forget)
    else if ('commit' in line) this.#commits.push(line.atMs)
    else if ('sources' in line) this.#sources = line.sources
    else {
      const { path, ...entry } = line
      this.#entries.set(path, entry)
    }
  }

  async #try<Value>(call: () => Promise<Value>): Promise<Value | undefined> {
    try {
      const value = await call()
      this.problem = undefined
      return value
    } catch (error) {
      this.problem = `the journal of uploads is not kept: ${error instanceof Error ? error.message : String(error)}`
      return undefined
    }
  }
}

/** Lines in pieces that a message between processes may have. */
function* blocks(lines: readonly string[]): Generator<string> {
  let block = ''
  for (const line of lines) {
    block += line
    if (block.length < blockBytes) continue
    yield block
    block = ''
  }
  if (block !== '') yield block
}
