import { longestHoldMs } from '../../services/autostop/hold.ts'
import { exitCodes, PodctlError } from './exit-codes.ts'

const secondsOf = new Map([
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
])
const longestSeconds = longestHoldMs / 1000

/** Whole seconds of a duration as people type it: `90s`, `30m`, `2h`, `1d`, `1h30m`, `1.5h`; throws exit 2 for others. */
export function duration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([dhms])/gi)]
  const isWhole = parts.length > 0 && parts.map(([part]) => part).join('') === text
  const seconds = Math.round(parts.reduce((sum, [, count, unit]) => sum + secondsIn(count, unit), 0))
  if (isWhole && seconds >= 1 && seconds <= longestSeconds) return seconds
  throw new PodctlError(
    exitCodes.usage,
    `"${text}" is no time from 1s to 7d: write it like 90s, 30m, 2h, 1d or 1h30m.`,
  )
}

function secondsIn(count = '', unit = ''): number {
  return Number(count) * (secondsOf.get(unit.toLowerCase()) ?? 0)
}
