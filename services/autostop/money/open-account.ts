import { type Account, advance, bill, type Gap, type Moment } from './account.ts'
import type { Boot } from './boot-clock.ts'

/** Containers that crash are started again within seconds; a stopped pod hardly ever is within this time. */
const restartMs = 5 * 60_000
/** Longer than this no pod waits between its start and podmate's, images that are fetched included. */
const leadInMs = 3_600_000
/** A PID 1 that is older when there is no ledger yet may be that of a machine which is no pod. */
const unaskedMs = 60_000
const gapsAtMost = 10

/**
 * The account as a new podmate finds it. In the same container all time since the last line was paid for, whoever was
 * dead meanwhile. A new container on the same machine after a short gap is taken for a restart, and after a long one for
 * a pod that had been stopped, until the platform tells (`settleGaps`). Pure.
 */
export function openAccount(last: Account | undefined, boot: Boot, at: Moment): Account {
  if (!last) return firstAccount(boot, at)
  const passedMs = at.upMs - last.upMs
  const isSameMachine = boot.bootId === last.bootId && passedMs >= 0
  if (isSameMachine && boot.containerMs === last.containerMs) {
    const account = advance(last, at)
    // podmate ended in order and the container did not: somebody starts it by hand.
    return last.closed ? { ...account, begunUpMs: at.upMs } : account
  }
  return afterGap(last, boot, at, isSameMachine ? passedMs : undefined)
}

function firstAccount(boot: Boot, at: Moment): Account {
  const ageMs = containerAgeMs(boot, at)
  const countedMs = ageMs <= unaskedMs ? ageMs : 0
  const nothing: Account = {
    ...boot,
    ...at,
    ...{ billedMs: 0, usd: 0, unpricedMs: 0, rate: undefined, run: undefined, runMs: countedMs },
    begunUpMs: at.upMs - countedMs,
    gaps: [{ kind: 'beginning', gapMs: leadInMs, countedMs, runMs: 0, endUpMs: at.upMs }],
    ...{ told: undefined, closed: false },
  }
  return bill(nothing, countedMs)
}

/** `passedMs` undefined: another machine, or this one started anew, and only the wall clock spans the gap. */
function afterGap(last: Account, boot: Boot, at: Moment, passedMs: number | undefined): Account {
  const ageMs = Math.min(containerAgeMs(boot, at), passedMs ?? Number.POSITIVE_INFINITY)
  const byWallMs = Math.min(Math.max(at.wallMs - last.wallMs, ageMs), leadInMs)
  const gapMs = passedMs ?? Math.max(byWallMs, ageMs)
  const isRestart = passedMs !== undefined && passedMs <= restartMs
  const countedMs = isRestart ? gapMs : ageMs
  const kind = passedMs === undefined ? 'elsewhere' : 'restart'
  const gap: Gap = { kind, gapMs, countedMs, runMs: last.runMs + gapMs, endUpMs: at.upMs }
  return {
    ...bill(last, countedMs),
    ...boot,
    ...at,
    runMs: isRestart ? last.runMs + gapMs : ageMs,
    begunUpMs: at.upMs - ageMs,
    // On another machine the ends of the older ones mean nothing.
    gaps: [gap, ...(kind === 'restart' ? last.gaps : [])].slice(0, gapsAtMost),
    closed: false,
  }
}

function containerAgeMs({ containerMs }: Boot, { upMs }: Moment): number {
  const ageMs = upMs - (containerMs ?? upMs)
  return ageMs >= 0 && ageMs <= leadInMs ? ageMs : 0
}
