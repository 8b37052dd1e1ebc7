import type { Family } from './family.ts'
import { moveOfPolicyId, policyIdOf } from './lc0/net-move.ts'
import { encodePlanes } from './lc0/planes.ts'
import { policyMoves } from './lc0/policy-moves.ts'

/** Reads a position and the seven before it as planes; scores belong to moves. Nobody can be told to win: that is ignored. */
export const lc0: Family = {
  name: 'lc0',
  takesFen: true,
  choosesLegal: true,
  encode: (game) => {
    const [now = game.position, ...before] = game.history()
    return { kind: 'planes', planes: encodePlanes([now, ...before]) }
  },
  size: policyMoves.length,
  idOf: policyIdOf,
  tokenOf: moveOfPolicyId,
}
