import type { AutostopAnswer, CostAnswer } from './autostop-answer.ts'
import type { Call } from './call.ts'
import { comingTime } from './clock-time.ts'
import { exitCodes } from './exit-codes.ts'
import { harmless } from './terminal.ts'

/** Prints what the pod has cost and will; exit 1 while nobody knows what an hour costs. */
export async function cost({ options, terminal, connect }: Call): Promise<number> {
  const answer = (await (await connect()).get('/autostop')) as AutostopAnswer // both ends are of one version
  if (options.json) terminal.out(JSON.stringify(answer.cost, null, 2))
  else for (const line of costLines(answer.cost, Date.now())) terminal.out(harmless(line))
  const rate = answer.cost?.rate_usd_per_hour ?? null
  return rate === null ? exitCodes.notTrue : exitCodes.true
}

/** The cost as lines of text. Pure. */
export function costLines(cost: CostAnswer | null, now: number): readonly string[] {
  if (cost === null)
    return ['Nothing counts what this pod costs: autostop does not run, and `podctl why` says why.']
  const { spent_usd: spent, rate_usd_per_hour: rate, rate_source: source } = cost
  return [
    ...(spent === null ? [] : [`spent: ${dollars(spent)}`]),
    rate === null
      ? 'rate: not known; set POD_COST_PER_HR'
      : `rate: ${dollars(rate)} an hour${source === null ? '' : ` (${source})`}`,
    ...(cost.projected_usd_24h === null ? [] : [`the next 24 hours: ${dollars(cost.projected_usd_24h)}`]),
    budgetLine(cost, now),
    ...(cost.problem === null ? [] : [`problem: ${cost.problem}`]),
  ]
}

function budgetLine(
  { budget_usd: budget, budget_ends_at: endsAt, spent_usd: spent }: CostAnswer,
  now: number,
) {
  if (budget === null) return 'budget: none; BUDGET_USD sets one'
  const share = spent === null ? '' : `, ${Math.floor((spent / budget) * 100)} % of it spent`
  const end =
    endsAt === null || endsAt <= now ? '' : `; at this rate it is spent at ${comingTime(endsAt, now)}`
  return `budget: ${dollars(budget)}${share}${end}`
}

/** An amount in US dollars; cents, and more digits below one dollar. Pure. */
export function dollars(amount: number): string {
  return `$${amount.toFixed(Math.abs(amount) < 1 && amount !== 0 ? 3 : 2)}`
}
