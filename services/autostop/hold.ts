import { z } from 'zod'
import { pause } from '../../supervisor/time.ts'
import type { HoldPort } from './options.ts'
import type { HoldSeen } from './signals/ports.ts'

/** Whoever needs a pod for longer than this can say so again. */
export const longestHoldMs = 7 * 86_400_000
export const holdName = 'hold.json'

/** Where the hold is kept: StatePort fits. */
export interface HoldStore {
  readText(name: string): Promise<string | undefined>
  writeText(name: string, text: string): Promise<void>
}

export interface HoldOptions {
  readonly store: HoldStore
  /** Monotonic. */
  nowMs(): number
  /** Epoch. */
  wallMs(): number
  /** Between two attempts to read or write it on a volume that does not answer. */
  readonly readAgainMs?: number
}

/**
 * The hold of this pod; it ends by itself, and a jump of the wall clock neither ends nor prolongs it. `set` never
 * rejects: what was said holds at once, and is written as soon as the volume takes it.
 */
export interface HoldKeeper extends HoldPort {
  /** For the signal. */
  left(): HoldSeen | undefined
  /** False until it is known whether there is one from before this start. */
  readonly isKnown: boolean
  /** Reads what an earlier podmate kept. Settles when that is known, or when `stop` aborts. Never rejects. */
  open(stop: AbortSignal): Promise<void>
}

interface Kept {
  readonly endsMs: number
  readonly why: string
}

/** Keeps the hold in memory by the monotonic clock, and on the volume by the wall clock. */
export function keepHold({ store, nowMs, wallMs, readAgainMs = 5000 }: HoldOptions): HoldKeeper {
  let kept: Kept | undefined
  let isKnown = false
  let writeLater: NodeJS.Timeout | undefined
  const left = (): HoldSeen | undefined => {
    const leftMs = kept ? kept.endsMs - nowMs() : 0
    return kept && leftMs > 0 ? { leftMs, why: kept.why } : undefined
  }
  /** Writes the hold of now, again and again until the volume takes it. */
  const write = async (): Promise<void> => {
    writeLater = undefined
    const held = left()
    const text = held ? holdText(held, wallMs()) : '{}\n'
    await store.writeText(holdName, text).catch(() => {
      clearTimeout(writeLater)
      writeLater = setTimeout(write, readAgainMs).unref()
    })
  }
  return {
    left,
    get isKnown() {
      return isKnown
    },
    current() {
      const held = left()
      return held && { untilMs: Math.round(wallMs() + held.leftMs), why: held.why }
    },
    async set(hold) {
      isKnown = true // what was said now replaces what was kept
      const before = left()
      const leftMs = hold ? Math.min(longestHoldMs, hold.untilMs - wallMs()) : 0
      kept = hold && leftMs > 0 ? longer(before, { leftMs, why: hold.why }, nowMs()) : undefined
      clearTimeout(writeLater)
      await write()
    },
    async open(stop) {
      while (!isKnown && !stop.aborted) {
        try {
          const text = await store.readText(holdName)
          if (isKnown) return
          const held = heldBy(text ?? '', wallMs())
          kept = held && { endsMs: nowMs() + held.leftMs, why: held.why }
          isKnown = true
        } catch {
          await pause(readAgainMs, stop) // the volume is away; its service says so
        }
      }
    },
  }
}

/** A hold that is there already is never cut by another one: whoever wants that releases it first. Pure. */
function longer(before: HoldSeen | undefined, asked: HoldSeen, nowMs: number): Kept {
  const leftMs = Math.max(before?.leftMs ?? 0, asked.leftMs)
  return { endsMs: nowMs + leftMs, why: asked.why === '' ? (before?.why ?? '') : asked.why }
}

const fields = z.object({ set: z.number(), until: z.number(), why: z.string() })

function holdText({ leftMs, why }: HoldSeen, setMs: number): string {
  const text: z.infer<typeof fields> = { set: setMs, until: setMs + leftMs, why }
  return `${JSON.stringify(text)}\n`
}

/** What is left of a hold that was kept. A wall clock that went back gives it no more than it was made for. Pure. */
export function heldBy(text: string, wallMs: number): HoldSeen | undefined {
  const parsed = fields.safeParse(jsonOf(text))
  if (!parsed.success) return undefined
  const { set, until, why } = parsed.data
  const leftMs = Math.min(until - wallMs, until - set, longestHoldMs)
  return leftMs > 0 ? { leftMs, why } : undefined
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // no hold, then
  }
}
