import type { JsonObject } from '../../supervisor/service.ts'
import { type StopCause, stopCauses } from './decision/verdict.ts'
import type { JournalEntry, LastStop } from './stop/stop-progress.ts'

const file = 'autostop.jsonl'
/** As many entries as are read back and shown. */
const shown = 500

/** What is kept beside the pod; the volume may be away. */
export interface JournalStore {
  readText(name: string): Promise<string | undefined>
  append(name: string, text: string): Promise<void>
}

export interface Journal {
  /** Keeps a line; a volume that is away gets it later. `more`: what a reader may want to sort by. */
  add(event: JournalEntry['event'], text: string, more?: JsonObject): void
  /** The newest 500, oldest first, those of earlier boots included. Rejects while the volume does not answer. */
  entries(): Promise<readonly JournalEntry[]>
}

/** What was decided about stopping this pod, and what came of it: `autostop.jsonl` on the volume. */
export function openJournal(store: JournalStore): Journal {
  return {
    add(event, text, more = {}) {
      const entry: JournalEntry = { at: Date.now(), event, text, ...more }
      // A volume that is away is told by the state service, which also keeps the line.
      store.append(file, `${JSON.stringify(entry)}\n`).catch(() => {})
    },
    async entries() {
      const texts = [await store.readText(`${file}.1`), await store.readText(file)]
      const lines = texts.flatMap((text) => text?.split('\n') ?? [])
      return lines.flatMap(parsed).slice(-shown)
    },
  }
}

/** Why the pod stopped the last time, from a journal whose last boot has ended; undefined: this is its first boot. Pure. */
export function lastStopOf(entries: readonly JournalEntry[]): LastStop | undefined {
  const last = entries.at(-1)
  if (!last) return undefined
  const boot = entries.slice(entries.findLastIndex(({ event }) => event === 'started') + 1)
  const told = boot.findLast(({ event }) => event === 'told-to-end')
  const call = boot.findLast(({ event }) => decisive.has(event))
  const { at } = told ?? last
  const cause = causeOf(call)
  // The stop may end the container before its answer is written down, or although the answer was lost.
  if (call && cause && (call.event !== 'refused' || at - call.at < lostAnswerMs))
    return { at, because: cause, text: String(call.why ?? call.text) }
  const text = told?.text ?? 'podmate ended without a word: it was killed, or its machine failed'
  return { at, because: 'outside', text }
}

const lostAnswerMs = 60_000
const decisive: ReadonlySet<JournalEntry['event']> = new Set(['calling', 'stopped', 'refused', 'cancelled'])
const causes: readonly string[] = stopCauses

function causeOf(entry: JournalEntry | undefined): StopCause | undefined {
  if (entry?.event === 'cancelled') return undefined
  const because = String(entry?.because)
  return causes.includes(because) ? (because as StopCause) : undefined // it is one of them
}

function parsed(line: string): readonly JournalEntry[] {
  try {
    const found: JournalEntry = JSON.parse(line)
    return typeof found.at === 'number' && typeof found.text === 'string' ? [found] : []
  } catch {
    return [] // cut off by a crash, or empty
  }
}
