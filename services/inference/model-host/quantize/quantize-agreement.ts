import { topIds } from '../../ranking.ts'
import type { ModelFile } from '../files/model-file.ts'
import type { Int8Agreement, Output, TokenRow } from '../protocol.ts'
import type { Session } from '../session.ts'
import { quantizePositions } from './quantize-positions.ts'

const compared = 10

type Run = Session['run']

/** Asks two forms of a model the same fixed positions, one at a time, and counts how often they agree. */
export async function quantizeAgreement(
  full: Run,
  int8: Run,
  { tokens, unknownId }: Pick<ModelFile, 'tokens' | 'unknownId'>,
): Promise<Int8Agreement> {
  let sameFirst = 0
  let shared = 0
  const ids = new Map(tokens.map((token, id) => [token, id]))
  for (const moves of quantizePositions) {
    const row = rowOf(moves, (move) => ids.get(move) ?? unknownId, unknownId)
    const [wanted, found] = [best(await full([row])), best(await int8([row]))]
    if (wanted[0] === found[0]) sameFirst += 1
    shared += wanted.filter((id) => found.includes(id)).length / wanted.length
  }
  const positions = quantizePositions.length
  return { positions, same_first: sameFirst / positions, shared_top_10: shared / positions }
}

function rowOf(moves: readonly string[], idOf: (move: string) => number, unknownId: number): TokenRow {
  const tokens = moves.length > 0 ? moves.map(idOf) : [unknownId]
  return { kind: 'tokens', tokens, winner: moves.length % 4, phase: 1, side: moves.length % 2 }
}

function best([output]: readonly Output[]): readonly number[] {
  return topIds(output?.scores ?? new Float32Array(0), compared)
}
