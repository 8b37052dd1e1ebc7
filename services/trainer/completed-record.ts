import { createHash } from 'node:crypto'

/** A training as it can be told from another one. The command itself is not kept: it may hold secrets. */
export interface Training {
  /** Of the command and its folder. */
  readonly commandHash: string
  /** Of the repository; null: there is none. */
  readonly commit: string | null
}

/** A training that ended with exit code 0. */
export interface Completed extends Training {
  /** Epoch milliseconds. */
  readonly at: number
}

/** The oldest are forgotten. */
const most = 50

/** The same for the same command in the same folder. */
export function commandHash(command: string, cwd: string): string {
  return createHash('sha256').update(`${cwd}\0${command}`).digest('hex')
}

/** What is in the record; a text that is none, or from another version, counts as empty. */
export function readCompleted(text: string | undefined): readonly Completed[] {
  const lines = (text ?? '').split('\n').filter((line) => line !== '')
  return lines.flatMap((line) => completedIn(line) ?? [])
}

/** The text of a record with one more training in it. */
export function withCompleted(before: readonly Completed[], one: Completed): string {
  const others = before.filter((other) => !isSame(other, one))
  return [...others, one]
    .slice(-most)
    .map((entry) => `${JSON.stringify(entry)}\n`)
    .join('')
}

export function isSame(one: Training, other: Training): boolean {
  return one.commandHash === other.commandHash && one.commit === other.commit
}

function completedIn(line: string): Completed | undefined {
  const entry = parsed(line)
  if (typeof entry !== 'object' || entry === null) return undefined
  const { commandHash: hash, commit, at } = entry as Partial<Record<keyof Completed, unknown>> // each is looked at
  if (typeof hash !== 'string' || typeof at !== 'number' || !Number.isFinite(at)) return undefined
  return typeof commit === 'string' || commit === null ? { commandHash: hash, commit, at } : undefined
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined // half a line
  }
}
