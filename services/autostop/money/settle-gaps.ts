import { type Account, bill, type Gap } from './account.ts'

/** What the platform tells of its pod; what it does not know is absent. */
export interface PodFacts {
  /** USD. */
  readonly costPerHour?: number | undefined
  /** The same text for as long as the pod is not stopped, such as `startedAt`. */
  readonly run?: string | undefined
  /** For how long it has run since then, by the platform's own clock. */
  readonly ranMs?: number | undefined
}

/** How far the platform's clock and ours may be apart over one run. */
const slackMs = 10_000

/** Corrects what was counted of the gaps before this start, now that the platform has told. Pure. */
export function settleGaps(account: Account, facts: PodFacts): Account {
  const run = facts.run ?? account.run
  if (facts.run === undefined && facts.ranMs === undefined) return account
  let settled: Account = { ...account, run, gaps: [] }
  for (const gap of account.gaps) {
    const sinceMs = account.upMs - gap.endUpMs
    const ran = isSameRun(account.run, gap, facts, sinceMs)
    const paidMs = ran ? gap.gapMs : paidPartMs(gap, facts, sinceMs)
    const runMs = (ran ? gap.runMs : paidMs) + sinceMs
    settled = { ...bill(settled, paidMs - gap.countedMs), runMs }
    if (!ran) break // the older ones are of older runs, of which nobody knows any more
  }
  return settled
}

/** Whether the pod ran through the whole gap. */
function isSameRun(known: string | undefined, gap: Gap, { run, ranMs }: PodFacts, sinceMs: number): boolean {
  if (known !== undefined && run !== undefined) return known === run
  return gap.kind === 'restart' && ranMs !== undefined && ranMs > sinceMs + gap.gapMs - slackMs
}

/** The time between the start of a run that began in the gap and the end of the gap. */
function paidPartMs(gap: Gap, { ranMs }: PodFacts, sinceMs: number): number {
  if (ranMs === undefined) return gap.countedMs
  const partMs = ranMs - sinceMs
  if (partMs < -slackMs || partMs > gap.gapMs) return gap.countedMs // that clock cannot be right
  return Math.max(0, partMs)
}
