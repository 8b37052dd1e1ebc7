import type { Boot } from './boot-clock.ts'

/** What the ledger knows at one moment. All of it is in every line, so that the last line alone is enough. */
export interface Account extends Boot {
  /** Up to when it has been counted: on the clock of the machine's boot, and on the wall. */
  readonly upMs: number
  readonly wallMs: number
  /** Time that was paid for, and what it cost. */
  readonly billedMs: number
  readonly usd: number
  /** The part of `billedMs` whose price is not known yet. */
  readonly unpricedMs: number
  /** USD per hour; undefined: none was ever known. */
  readonly rate: number | undefined
  /** The platform's name for this run of the pod, between a start and a stop. */
  readonly run: string | undefined
  /** How long this run has lasted. */
  readonly runMs: number
  /** When this start of the container began, on the clock of the machine's boot. */
  readonly begunUpMs: number
  /** Times about which only the platform can tell whether the pod ran, the latest first. */
  readonly gaps: readonly Gap[]
  readonly told: Told | undefined
  /** The last podmate ended in order. */
  readonly closed: boolean
}

export interface Gap {
  /** `beginning`: before the first line. `restart`: same machine. `elsewhere`: measured by the wall clock only. */
  readonly kind: 'beginning' | 'restart' | 'elsewhere'
  readonly gapMs: number
  /** How much of it was counted for the time being. */
  readonly countedMs: number
  /** How long the run had lasted at its end if the pod ran all the time. */
  readonly runMs: number
  readonly endUpMs: number
}

/** The highest threshold that was told, and of which budget. */
export interface Told {
  readonly budgetUsd: number
  readonly percent: number
}

/** A moment on both clocks. */
export interface Moment {
  readonly upMs: number
  readonly wallMs: number
}

const hourMs = 3_600_000

/** Counts up to a moment; a clock that went back counts nothing. Pure. */
export function advance(account: Account, { upMs, wallMs }: Moment): Account {
  const stepMs = Math.max(0, upMs - account.upMs)
  return { ...bill(account, stepMs), runMs: account.runMs + stepMs, upMs, wallMs, closed: false }
}

/** Adds paid time, or takes it back when it is negative. Pure. */
export function bill(account: Account, ms: number): Account {
  const { rate, usd, unpricedMs } = account
  const billedMs = account.billedMs + ms
  if (rate === undefined) return { ...account, billedMs, unpricedMs: unpricedMs + ms }
  return { ...account, billedMs, usd: usd + (rate * ms) / hourMs }
}

/** From now on an hour costs `rate`; so did the time whose price was not known. Pure. */
export function withRate(account: Account, rate: number): Account {
  const { unpricedMs, usd } = account
  return { ...account, rate, usd: usd + (rate * unpricedMs) / hourMs, unpricedMs: 0 }
}
