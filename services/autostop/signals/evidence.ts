import type { Reading } from '../signal.ts'

export const active = (lastActiveMs: number, evidence: string): Reading => ({
  state: 'active',
  lastActiveMs,
  evidence,
})

export const quiet = (lastActiveMs: number | undefined, evidence: string): Reading => ({
  state: 'quiet',
  lastActiveMs,
  evidence,
})

export const unknown = (lastActiveMs: number | undefined, evidence: string): Reading => ({
  state: 'unknown',
  lastActiveMs,
  evidence,
})

/** A duration as people say it: `12 s`, `4 min`, `3 h`, `2 days`. */
export function spoken(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 120) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`
}

/** `1 terminal`, `3 terminals`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}

/** The later of two moments, either of which may never have been. */
export function later(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return Math.max(one, other)
}
