import { bootAndFootprint } from './a/boot-and-footprint.ts'
import { chaos } from './a/chaos.ts'
import { freshClone } from './a/fresh-clone.ts'
import { inheritedBugs } from './a/inherited-bugs.ts'
import { parity } from './a/parity.ts'
import { signals } from './a/signals.ts'
import { volume } from './a/volume.ts'
import type { Line } from './line.ts'

/** The acceptance list of issue A, in its order. */
export const issueA: readonly Line[] = [
  freshClone,
  parity,
  chaos,
  volume,
  bootAndFootprint,
  signals,
  inheritedBugs,
]
