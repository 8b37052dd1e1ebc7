import { z } from 'zod'
import type { Account, Gap } from './account.ts'

const amount = z.number().min(0)
const gapFields = z.object({
  kind: z.enum(['beginning', 'restart', 'elsewhere']),
  ms: amount,
  counted_ms: amount,
  run_ms: amount,
  end: z.number(),
})
const line = z.object({
  boot: z.string(),
  container: z.number().optional(),
  up: amount,
  wall: z.number(),
  billed_ms: amount,
  usd: amount,
  unpriced_ms: amount,
  rate: amount.optional(),
  run: z.string().optional(),
  run_ms: amount,
  begun: z.number(),
  gaps: z.array(gapFields).optional(),
  told: z.object({ budget: amount, percent: amount }).optional(),
  closed: z.literal(true).optional(),
})

/** A line of the ledger, with its end. Pure. */
export function accountLine(account: Account): string {
  const { gaps, told } = account
  const fields: z.infer<typeof line> = {
    ...{ boot: account.bootId, container: account.containerMs, up: account.upMs, wall: account.wallMs },
    ...{ billed_ms: account.billedMs, usd: Math.max(0, account.usd), rate: account.rate },
    unpriced_ms: Math.max(0, account.unpricedMs),
    ...{ run: account.run, run_ms: account.runMs, begun: account.begunUpMs },
    gaps: gaps.length > 0 ? gaps.map(gapLine) : undefined,
    told: told && { budget: told.budgetUsd, percent: told.percent },
    closed: account.closed || undefined,
  }
  return `${JSON.stringify(fields)}\n`
}

/** The last whole line of a ledger's text; undefined when there is none. Pure. */
export function lastAccount(text: string): Account | undefined {
  for (const candidate of text.split('\n').toReversed()) {
    const account = candidate === '' ? undefined : parsedLine(candidate)
    if (account) return account
  }
  return undefined
}

function parsedLine(text: string): Account | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined // half a line, after a crash
  }
  const { data } = line.safeParse(value)
  if (!data) return undefined
  const { gaps = [], told } = data
  return {
    ...{ bootId: data.boot, containerMs: data.container, upMs: data.up, wallMs: data.wall },
    ...{ billedMs: data.billed_ms, usd: data.usd, unpricedMs: data.unpriced_ms, rate: data.rate },
    ...{ run: data.run, runMs: data.run_ms, begunUpMs: data.begun, closed: data.closed === true },
    gaps: gaps.map(gapOf),
    told: told && { budgetUsd: told.budget, percent: told.percent },
  }
}

function gapLine({ kind, gapMs, countedMs, runMs, endUpMs }: Gap): z.infer<typeof gapFields> {
  return { kind, ms: gapMs, counted_ms: countedMs, run_ms: runMs, end: endUpMs }
}

function gapOf({ kind, ms, counted_ms, run_ms, end }: z.infer<typeof gapFields>): Gap {
  return { kind, gapMs: ms, countedMs: counted_ms, runMs: run_ms, endUpMs: end }
}
