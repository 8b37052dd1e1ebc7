const secondMs = 1000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** A length of time as people say it, in at most two units: "45 s", "12 min", "2 h 5 min", "3 d 4 h". Pure. */
export function durationText(ms: number): string {
  const whole = Math.max(0, Math.round(ms / secondMs)) * secondMs
  if (whole < 2 * minuteMs) return `${whole / secondMs} s`
  if (whole < hourMs) return `${Math.round(whole / minuteMs)} min`
  const minutes = Math.round(whole / minuteMs) * minuteMs
  if (minutes < dayMs) return inTwo(minutes, [hourMs, 'h'], [minuteMs, 'min'])
  return inTwo(Math.round(minutes / hourMs) * hourMs, [dayMs, 'd'], [hourMs, 'h'])
}

type Unit = readonly [ms: number, name: string]

function inTwo(ms: number, [largeMs, large]: Unit, [smallMs, small]: Unit): string {
  const rest = (ms % largeMs) / smallMs
  return `${Math.floor(ms / largeMs)} ${large}${rest > 0 ? ` ${rest} ${small}` : ''}`
}
