/** What an hour of the pod costs, in USD, and who says so. */
export interface Rate {
  readonly usdPerHour: number
  readonly source: 'POD_COST_PER_HR' | 'RunPod' | 'last known rate'
}

/** The rate that counts: the user's own word, then the platform's, then the last one that was kept. Pure. */
export function rateFrom(
  own: number | undefined,
  platform: number | undefined,
  last: number | undefined,
): Rate | undefined {
  if (isPrice(own)) return { usdPerHour: own, source: 'POD_COST_PER_HR' }
  if (isPrice(platform)) return { usdPerHour: platform, source: 'RunPod' }
  return isPrice(last) ? { usdPerHour: last, source: 'last known rate' } : undefined
}

/** RunPod says 0 for a pod that it takes for stopped: that is no price. Pure. */
export function isPrice(usdPerHour: number | undefined): usdPerHour is number {
  return usdPerHour !== undefined && Number.isFinite(usdPerHour) && usdPerHour > 0
}

/** Why the rate is none, or not to be relied on, with the remedy; undefined: it is fine. Pure. */
export function rateProblem(rate: Rate | undefined): string | undefined {
  if (!rate)
    return 'nothing tells what this pod costs, so no budget can be kept: set POD_COST_PER_HR to US dollars per hour'
  return rate.source === 'last known rate'
    ? 'RunPod does not tell what this pod costs now, and the last known rate is used: set POD_COST_PER_HR to be sure'
    : undefined
}
