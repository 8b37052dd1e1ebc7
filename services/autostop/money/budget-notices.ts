import { durationText } from '../duration-text.ts'
import type { Notice } from '../options.ts'
import type { Rate } from './rate.ts'

const hourMs = 3_600_000

/** A threshold of the budget that was reached, in words. Pure. */
export function thresholdNotice(
  percent: number,
  usd: number,
  budgetUsd: number,
  { usdPerHour }: Rate,
): Notice {
  const amounts = `${dollars(usd)} of ${dollars(budgetUsd)} (BUDGET_USD)`
  if (percent >= 100)
    return {
      level: 'error',
      text: `The budget is spent, ${amounts}: \`podctl why\` says when the pod stops.`,
    }
  const left = durationText((Math.max(0, budgetUsd - usd) / usdPerHour) * hourMs)
  const text = `${percent} % of the budget is spent, ${amounts}: at ${dollars(usdPerHour)} an hour the rest lasts ${left}.`
  return { level: 'warn', text }
}

/** There is a budget, and it cannot be kept, or not exactly. Pure. */
export function budgetNotice(problem: string): Notice {
  return { level: 'error', text: `BUDGET_USD is set, but ${problem}.` }
}

/** The training will cost more than there is. Pure. */
export function jobNotice(jobId: string, endUsd: number, budgetUsd: number): Notice {
  const text = `At its pace so far the training ${jobId} is done when ${dollars(endUsd)} are spent, and the budget of ${dollars(budgetUsd)} (BUDGET_USD) ends before that.`
  return { level: 'warn', text }
}

function dollars(usd: number): string {
  return `$${usd.toFixed(2)}`
}
