/** Points before which no loss counts as a spike, and how fast the memory of the loss fades. */
const firstPoints = 20
const weight = 0.05
const deviations = 8
const pointsBetweenAlerts = 200

/** What is remembered of a job's loss. */
export interface LossMemory {
  readonly points: number
  readonly mean: number
  readonly variance: number
  /** The point of the last alert about a spike. */
  readonly alertedAt: number
  readonly isLost: boolean
}

export const noLossYet: LossMemory = {
  points: 0,
  mean: 0,
  variance: 0,
  alertedAt: -pointsBetweenAlerts,
  isLost: false,
}

export interface LossJudgement {
  readonly memory: LossMemory
  /** What must be told, once. */
  readonly alert?: string
}

/**
 * Looks at the next loss: one that is not a number is told once until there is one again; a spike is far above what was
 * usual lately, and at least twice that. `value` is not finite for NaN. Pure.
 */
export function judgeLoss(memory: LossMemory, step: number, value: number): LossJudgement {
  if (!Number.isFinite(value)) {
    const alert = `the loss is not a number any more, at step ${step}: look at the learning rate and the data, or go on from an earlier checkpoint`
    return { memory: { ...memory, isLost: true }, ...(memory.isLost ? {} : { alert }) }
  }
  const points = memory.points + 1
  if (isSpike(memory, value)) {
    const told = { ...memory, points, isLost: false, alertedAt: points }
    if (points - memory.alertedAt < pointsBetweenAlerts)
      return { memory: { ...told, ...learned(memory, value), alertedAt: memory.alertedAt } }
    const alert = `the loss jumped to ${rounded(value)} at step ${step}; it was about ${rounded(memory.mean)}`
    return { memory: { ...told, ...learned(memory, value) }, alert }
  }
  return { memory: { ...memory, ...learned(memory, value), points, isLost: false } }
}

function isSpike({ points, mean, variance }: LossMemory, value: number): boolean {
  if (points < firstPoints) return false
  return value > mean + deviations * Math.sqrt(variance) && value > mean + Math.abs(mean)
}

function learned(
  { points, mean, variance }: LossMemory,
  value: number,
): Pick<LossMemory, 'mean' | 'variance'> {
  if (points === 0) return { mean: value, variance: 0 }
  const share = Math.max(weight, 1 / (points + 1))
  const distance = value - mean
  return { mean: mean + share * distance, variance: (1 - share) * (variance + share * distance * distance) }
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(4)))
}
