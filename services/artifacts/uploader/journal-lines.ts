import { z } from 'zod'
import type { FileIdentity } from './file-identity.ts'
import { type FileState, fileStates } from './upload-report.ts'

/** What is remembered of a path on the Hub. */
export interface JournalEntry {
  readonly state: FileState
  readonly identity: FileIdentity
  /** From `hashed` on. */
  readonly sha256?: string
  readonly gitOid?: string
}

/** A source folder as it was when it was last seen with something in it. */
export interface KnownSource {
  readonly dir: string
  readonly under: string
  /** Device and inode; absent while it has never been there. */
  readonly folder?: string
}

/** One line: a file reached a state, is to be forgotten, a commit was made, or the sources are these. */
export type JournalLine =
  | ({ readonly path: string } & JournalEntry)
  | { readonly forget: string }
  | { readonly commit: string; readonly atMs: number }
  | { readonly sources: readonly KnownSource[] }

const fileLine = z.object({
  p: z.string(),
  s: z.enum(fileStates),
  i: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  h: z.string().length(64).optional(),
  g: z.string().length(40).optional(),
})
const lines = z.union([
  fileLine,
  z.object({ d: z.string() }),
  z.object({ c: z.string(), t: z.number() }),
  z.object({ f: z.array(z.tuple([z.string(), z.string(), z.string()])) }),
])

/** A line of the journal, with its end. Pure. */
export function journalText(line: JournalLine): string {
  return `${JSON.stringify(shortened(line))}\n`
}

function shortened(line: JournalLine): z.infer<typeof lines> {
  if ('forget' in line) return { d: line.forget }
  if ('commit' in line) return { c: line.commit, t: line.atMs }
  if ('sources' in line) return { f: line.sources.map(({ dir, under, folder = '' }) => [dir, under, folder]) }
  const { path, state, identity, sha256, gitOid } = line
  const { size, mtimeMs, ctimeMs, ino } = identity
  return {
    p: path,
    s: state,
    i: [size, mtimeMs, ctimeMs, ino],
    ...(sha256 && { h: sha256 }),
    ...(gitOid && { g: gitOid }),
  }
}

/** The lines of a text; what is no line of a journal, as half a line after a crash, is passed over. Pure. */
export function* journalLines(text: string): Generator<JournalLine> {
  for (const line of text.split('\n')) {
    const parsed = line === '' ? undefined : parsedLine(line)
    if (parsed !== undefined) yield parsed
  }
}

function parsedLine(text: string): JournalLine | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const { data: line } = lines.safeParse(value)
  if (line === undefined) return undefined
  if ('d' in line) return { forget: line.d }
  if ('c' in line) return { commit: line.c, atMs: line.t }
  if ('f' in line)
    return { sources: line.f.map(([dir, under, folder]) => ({ dir, under, ...(folder && { folder }) })) }
  const [size, mtimeMs, ctimeMs, ino] = line.i
  const hashes = { ...(line.h && { sha256: line.h }), ...(line.g && { gitOid: line.g }) }
  return { path: line.p, state: line.s, identity: { size, mtimeMs, ctimeMs, ino }, ...hashes }
}
