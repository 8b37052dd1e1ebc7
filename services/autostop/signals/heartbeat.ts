import type { Signal } from '../signal.ts'
import { active, quiet, spoken } from './evidence.ts'
import { guarded } from './guarded.ts'
import { WallStamps } from './wall-stamps.ts'

export interface HeartbeatOptions {
  readonly path: string
  readonly modifiedMs: (path: string) => Promise<number | undefined>
  readonly recentMs: number
  readonly wallClock?: () => number
}

/** Active when the heartbeat file was touched within `recentMs`, by whomever. */
export function heartbeatSignal(options: HeartbeatOptions): Signal {
  const { path, modifiedMs, recentMs, wallClock = Date.now } = options
  const stamps = new WallStamps<string>()
  return guarded('heartbeat', async (nowMs) => {
    const stampMs = await modifiedMs(path)
    const found = new Map(stampMs === undefined ? [] : [[path, stampMs]])
    const touchedMs = stamps.look(found, nowMs, wallClock()).get(path)
    if (stampMs === undefined) return quiet(undefined, `${path} does not exist`)
    if (touchedMs === undefined) return quiet(undefined, `${path} has a time in the future`)
    const text = `${path} was touched ${spoken(nowMs - touchedMs)} ago`
    return nowMs - touchedMs <= recentMs ? active(touchedMs, text) : quiet(touchedMs, text)
  })
}
