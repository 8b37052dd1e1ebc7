import { readFile } from 'node:fs/promises'
import { Chess } from 'chess.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { phaseIds } from '../../../services/inference/games/phase.ts'
import { Position } from '../../../services/inference/games/position.ts'

test('chess.js is 1.4.0: Position uses its inner calls, look at them before you change the version', async () => {
  const manifest = await readFile(
    new URL('../../../node_modules/chess.js/package.json', import.meta.url),
    'utf8',
  )
  expect(JSON.parse(manifest).version).toBe('1.4.0')
})

/** Leaves of the tree of legal moves. */
function perft(position: Position, depth: number): number {
  const moves = position.legalMoves()
  if (depth === 1) return moves.length
  return moves.reduce((sum, move) => {
    const next = position.clone()
    next.play(move)
    return sum + perft(next, depth - 1)
  }, 0)
}

describe('Position counts the same positions as every correct move generator', () => {
  test.each([
    ['rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1', 4, 197_281],
    ['r3k2r/p1ppqpb1/bn2pnp1/3PN3/1p2P3/2N2Q1p/PPPBBPPP/R3K2R w KQkq - 0 1', 3, 97_862],
    ['8/2p5/3p4/KP5r/1R3p1k/8/4P1P1/8 w - - 0 1', 4, 43_238],
    ['r3k2r/Pppp1ppp/1b3nbN/nP6/BBP1P3/q4N2/Pp1P2PP/R2Q1RK1 w kq - 0 1', 3, 9467],
    ['rnbq1k1r/pp1Pbppp/2p5/8/2B5/8/PPP1NnPP/RNBQK2R w KQ - 1 8', 3, 62_379],
    ['r4rk1/1pp1qppp/p1np1n2/2b1p1B1/2B1P1b1/P1NP1N2/1PP1QPPP/R4RK1 w - - 0 10', 3, 89_890],
  ])('%s to depth %i', (fen, depth, nodes) => {
    expect(perft(Position.start(fen), depth)).toBe(nodes)
  })
})

function gameOverByPublicApi(chess: Chess): string | null {
  if (chess.isCheckmate()) return 'checkmate'
  if (chess.isStalemate()) return 'stalemate'
  if (chess.isInsufficientMaterial()) return 'insufficient_material'
  if (chess.isThreefoldRepetition()) return 'threefold_repetition'
  return chess.isDrawByFiftyMoves() ? 'fifty_moves' : null
}

test("Position agrees with chess.js's public calls on random games", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 120 }), (choices) => {
      const chess = new Chess()
      let position = Position.start()
      for (const choice of choices) {
        const moves = chess.moves({ verbose: true })
        expect(position.legalMoves().toSorted()).toEqual(moves.map(({ lan }) => lan).toSorted())
        const move = moves[choice % Math.max(1, moves.length)]
        if (move === undefined) break
        expect(position.san(move.lan)).toBe(move.san)
        chess.move(move.san)
        const before = position
        position = position.clone()
        expect(position.play(move.lan)).toBe(true)
        expect(before.ply).toBe(position.ply - 1)
        expect(before.legalMoves()).toHaveLength(moves.length)
      }
      expect(position.gameOver()).toBe(gameOverByPublicApi(chess))
      expect(position.turn).toBe(chess.turn())
    }),
    { numRuns: 25 },
  )
})

function played(moves: string, fen?: string): Position {
  const position = Position.start(fen)
  for (const move of moves.split(' ')) if (!position.play(move)) throw new Error(`${move} is illegal`)
  return position
}

describe('Position.play() refuses and changes nothing', () => {
  test.each(['e2e5', 'e7e5', 'e3e4', 'e1e2', 'e2e4q', 'a1a1'])('%s at the start', (move) => {
    const position = Position.start()
    expect(position.play(move)).toBe(false)
    expect(position.ply).toBe(0)
    expect(position.legalMoves()).toHaveLength(20)
  })

  test('a promotion without a piece, castling as the rook is taken, castling with a piece', () => {
    const position = Position.start('4k3/P7/8/8/8/8/8/4K2R w K - 0 1')
    expect(['a7a8', 'a7a8k', 'e1h1', 'e1g1q'].map((move) => position.play(move))).toEqual([
      false,
      false,
      false,
      false,
    ])
    expect(position.san('a7a8n')).toBe('a8=N')
    expect(position.san('e1g1')).toBe('O-O')
  })
})

describe('Position.gameOver()', () => {
  const shuffle = 'g1f3 g8f6 f3g1 f6g8'
  test.each([
    ['f2f3 e7e5 g2g4 d8h4', undefined, 'checkmate'],
    ['f7g6', '7k/5Q2/8/8/8/8/8/K7 w - - 0 1', 'stalemate'],
    ['a1a2', '7k/8/8/8/8/8/8/KN6 w - - 0 1', 'insufficient_material'],
    ['a1a2', '7k/8/8/8/8/8/8/KNN5 w - - 0 1', null],
    [`${shuffle} ${shuffle}`, undefined, 'threefold_repetition'],
    [shuffle, undefined, null],
    ['a1b1', '7k/8/8/8/8/8/R7/K7 w - - 98 80', null],
    ['a1b1', '7k/8/8/8/8/8/R7/K7 w - - 99 80', 'fifty_moves'],
    ['a2a8', '7k/8/6K1/8/8/8/R7/8 w - - 99 80', 'checkmate'],
  ] as const)('after %s on %s: %s', (moves, fen, expected) => {
    expect(played(moves, fen).gameOver()).toBe(expected)
  })

  test('an en passant square counts for repetition only when taking is legal', () => {
    const moves = 'e2e4 a8b8 e1f1 b8a8 f1e1 a8b8 e1f1 b8a8 f1e1'
    // Taking on e3 would leave the king on a4 to the rook on h4.
    expect(played(moves, 'r7/8/8/8/k2p3R/8/4P3/4K3 w - - 0 1').gameOver()).toBe('threefold_repetition')
    expect(played(moves, 'r7/8/8/k7/3p3R/8/4P3/4K3 w - - 0 1').gameOver()).toBe(null)
  })
})

describe('Position.phase()', () => {
  test.each([
    ['the start', Position.start(), phaseIds.opening],
    ['nobody can castle any more', played('e2e4 e7e5 e1e2 e8e7'), phaseIds.middlegame],
    ['more than 20 plies', Array.from({ length: 21 }), phaseIds.middlegame],
    ['14 points left, queens on', Position.start('3qk3/8/8/8/8/8/8/R3K3 w Q - 0 1'), phaseIds.endgame],
    ['18 points left, queens on', Position.start('3qk3/8/8/8/8/8/8/3QK3 w - - 0 1'), phaseIds.middlegame],
    ['20 points left, queens off', Position.start('r2rk3/8/8/8/8/8/8/R2RK3 w - - 0 1'), phaseIds.endgame],
    [
      '23 points left, queens off',
      Position.start('r2rk1n1/8/8/8/8/8/8/R2RK3 w - - 0 1'),
      phaseIds.middlegame,
    ],
  ] as const)('%s', (_name, given, expected) => {
    const position = given instanceof Position ? given : shuffled(given.length)
    expect(position.phase()).toBe(expected)
  })
})

/** Knights go to and fro: every castling right is kept. */
function shuffled(plies: number): Position {
  const moves = ['g1f3', 'g8f6', 'f3g1', 'f6g8']
  return played(Array.from({ length: plies }, (_none, ply) => moves[ply % 4]).join(' '))
}
