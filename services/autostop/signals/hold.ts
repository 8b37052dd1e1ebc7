import type { Signal } from '../signal.ts'
import { active, quiet, spoken } from './evidence.ts'
import { guarded } from './guarded.ts'
import type { HoldSeen } from './ports.ts'

/** Active while somebody holds the pod. */
export function holdSignal(hold: () => HoldSeen | undefined): Signal {
  return guarded('hold', (nowMs) => {
    const held = hold()
    if (!held || held.leftMs <= 0) return quiet(undefined, 'nobody holds the pod')
    const why = held.why === '' ? '' : `: ${held.why}`
    return active(nowMs, `held for ${spoken(held.leftMs)} more${why}`)
  })
}
