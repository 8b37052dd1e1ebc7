import type { Signal } from '../signal.ts'
import { active, counted, quiet, spoken } from './evidence.ts'
import { guarded } from './guarded.ts'
import type { RequestsSeen } from './ports.ts'

/** Active when a request other than a probe came within `recentMs`. */
export function apiSignal(requests: RequestsSeen, recentMs: number): Signal {
  return guarded('api', (nowMs) => {
    const { count, lastMs } = requests
    if (lastMs === undefined) return quiet(undefined, 'no request so far but probes')
    const text = `${counted(count, 'request')}, the last one ${spoken(nowMs - lastMs)} ago`
    return nowMs - lastMs <= recentMs ? active(lastMs, text) : quiet(lastMs, text)
  })
}
