import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { moveOfPolicyId, policyIdOf } from '../../../../services/inference/families/lc0/net-move.ts'
import { policyIds, policyMoves } from '../../../../services/inference/families/lc0/policy-moves.ts'
import { Position } from '../../../../services/inference/games/position.ts'

describe('policyMoves', () => {
  test('are 1858 moves, none twice: 1456 queen steps, 336 knight steps and 66 promotions', () => {
    expect(policyMoves).toHaveLength(1858)
    expect(policyIds.size).toBe(1858)
    expect(policyMoves.filter((move) => move.length === 5)).toHaveLength(66)
  })

  test('begin and end as published', () => {
    expect(policyMoves.slice(0, 9).join(' ')).toBe('a1b1 a1c1 a1d1 a1e1 a1f1 a1g1 a1h1 a1a2 a1b2')
    expect(policyMoves.slice(1790, 1799).join(' ')).toBe(
      'h8f8 h8g8 a7a8q a7a8r a7a8b a7b8q a7b8r a7b8b b7a8q',
    )
    expect(policyMoves.slice(-4).join(' ')).toBe('h7g8b h7h8q h7h8r h7h8b')
  })

  // The digest of the list that lczerolens 0.5.1 (MIT) publishes, its 1858 texts joined by blanks.
  test('are in the order of the published list', () => {
    expect(createHash('sha256').update(policyMoves.join(' ')).digest('hex')).toBe(
      'c4c47aca96e213995c772d1aab24498e3ad9c91209d3467889f20fa1a10678dd',
    )
  })
})

const castling = 'r3k2r/8/8/8/8/8/8/R3K2R'
const promoting = '1r2k3/P7/8/8/8/8/p7/1R2K3'

describe('policyIdOf() and moveOfPolicyId() translate both ways', () => {
  test.each([
    ['e2e4', 'e2e4', undefined],
    ['e7e5', 'e2e4', 'rnbqkbnr/pppppppp/8/8/4P3/8/PPPP1PPP/RNBQKBNR b KQkq - 0 1'],
    ['e1g1', 'e1h1', `${castling} w KQkq - 0 1`],
    ['e1c1', 'e1a1', `${castling} w KQkq - 0 1`],
    ['e8g8', 'e1h1', `${castling} b KQkq - 0 1`],
    ['e8c8', 'e1a1', `${castling} b KQkq - 0 1`],
    ['e1g1', 'e1g1', '4k3/8/8/8/8/8/8/K3R3 w - - 0 1'],
    ['e1a1', 'e1a1', 'r3k3/8/8/8/8/8/8/4R2K w - - 0 1'],
    ['a7a8q', 'a7a8q', `${promoting} w - - 0 1`],
    ['a7b8n', 'a7b8', `${promoting} w - - 0 1`],
    ['a2b1r', 'a7b8r', `${promoting} b - - 0 1`],
    ['a2a1n', 'a7a8', `${promoting} b - - 0 1`],
    ['a7a8', 'a7a8', '4k3/R7/8/8/8/8/8/4K3 w - - 0 1'],
  ])('%s is the output %s in %s', (uci, output, fen) => {
    const position = Position.start(fen)
    const id = policyIds.get(output) ?? -1
    expect(policyIdOf(uci, position)).toBe(id)
    expect(moveOfPolicyId(id, position)).toBe(uci)
  })

  test('every output is a move of its own, also those that can never be played', () => {
    for (const turn of ['w', 'b']) {
      for (const board of [castling, promoting]) {
        const position = Position.start(`${board} ${turn} ${board === castling ? 'KQkq' : '-'} - 0 1`)
        const moves = policyMoves.map((_move, id) => moveOfPolicyId(id, position))
        expect(new Set(moves).size).toBe(1858)
        expect(moves.map((move) => policyIdOf(move, position))).toEqual([...policyMoves.keys()])
      }
    }
  })

  test('what is no move has no output: a pawn without its promotion, a king promoted, noise', () => {
    const position = Position.start(`${promoting} w - - 0 1`)
    for (const text of ['a7a8', 'e1e2n', 'e1e1', 'b1g7', ''])
      expect(policyIdOf(text, position)).toBe(undefined)
  })
})

test('policyIdOf() gives every legal move of random games an output of its own, and it comes back', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 150 }), (choices) => {
      const position = Position.start()
      for (const choice of choices) {
        const legal = position.legalMoves()
        const ids = legal.map((uci) => policyIdOf(uci, position) ?? -1)
        expect(new Set(ids).size).toBe(legal.length)
        expect(ids.map((id) => moveOfPolicyId(id, position))).toEqual(legal)
        if (legal.length === 0) break
        position.play(legal[choice % legal.length] ?? '')
      }
    }),
    { numRuns: 30 },
  )
})
