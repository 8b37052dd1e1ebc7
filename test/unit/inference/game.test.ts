import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { usualStart } from '../../../services/inference/games/fen.ts'
import { type GameForm, gameOf } from '../../../services/inference/games/game.ts'
import { Position } from '../../../services/inference/games/position.ts'
import { positionCache } from '../../../services/inference/games/replay.ts'
import { movesOfSan } from '../../../services/inference/games/san.ts'
import { RequestProblem } from '../../../services/inference/request-problem.ts'

const ofForm = (form: GameForm) => gameOf(form, positionCache())
const promotion = '8/P6k/8/8/8/8/8/K7 w - - 0 1'

describe('gameOf()', () => {
  test('gives the same game for its moves, its PGN and its FEN with moves', () => {
    const context = 'e2e4 e7e5 g1f3 b8c6 f1b5 a7a6 b5a4 g8f6 e1g1'.split(' ')
    const pgn = '1. e4 e5 2. Nf3 Nc6 3. Bb5 a6 4. Ba4 Nf6 5. O-O *'
    for (const form of [{ context }, { pgn }, { fen: usualStart, context }]) {
      const { moves, startFen, position } = ofForm(form)
      expect({ moves, startFen }).toEqual({ moves: context, startFen: undefined })
      expect(position.ply).toBe(9)
      expect(position.legalMoves()).toContain('f8e7')
    }
  })

  test('plays on from a FEN, of its own or of a PGN', () => {
    for (const form of [
      { fen: promotion, context: ['a7a8q', 'h7g6'] },
      { pgn: `[SetUp "1"]\n[FEN "${promotion}"]\n\n1. a8=Q Kg6 *` },
      { pgn: `[FEN "${promotion}"] a7a8q h7-g6` },
    ]) {
      const { moves, startFen, position } = ofForm(form)
      expect({ moves, startFen }).toEqual({ moves: ['a7a8q', 'h7g6'], startFen: promotion })
      expect(position.pieceAt('a8')).toBe('q')
    }
  })

  test('keeps games from different positions apart, and blanks out of moves', () => {
    const cache = positionCache()
    gameOf({ context: ['e2e4', 'e7e5'] }, cache)
    gameOf({ fen: promotion, context: ['a1b1'] }, cache)
    expect(() => gameOf({ context: ['e2e4 e7e5'] }, cache)).toThrow('Malformed move "e2e4 e7e5" at ply 1')
    expect(() => gameOf({ context: [`${promotion};a1b1`] }, cache)).toThrow('Malformed move')
    expect(() => gameOf({ context: ['a1b1'] }, cache)).toThrow('Illegal move a1b1 at ply 1')
  })

  test('remembers up to eight positions, newest first', () => {
    const context = Array.from({ length: 9 }, (_none, ply) => ['g1f3', 'g8f6', 'f3g1', 'f6g8'][ply % 4] ?? '')
    const plies = (form: GameForm) =>
      ofForm(form)
        .history()
        .map(({ ply }) => ply)
    expect(plies({ context })).toEqual([9, 8, 7, 6, 5, 4, 3, 2])
    expect(plies({ context: context.slice(0, 2) })).toEqual([2, 1, 0])
    expect(plies({ fen: promotion })).toEqual([0])
    const game = ofForm({ context })
    expect(game.history()[0]).toBe(game.position)
  })

  test.each([
    [{ pgn: '1. e4 e5 2. Ke3' }, 'Illegal move Ke3 at ply 3: White to move cannot play it here.'],
    [{ pgn: '1. e4 e5 2. hello' }, 'Malformed move "hello" at ply 3: moves of a PGN look like'],
    [{ pgn: '1. e4 --' }, 'a null move (--)'],
    [{ pgn: '1. f3 e5 2. g4 Qh4# 3. a3' }, 'the game ended before it by checkmate'],
    [{ pgn: `[FEN "${promotion}"] a8` }, 'a pawn on the last rank needs a piece, as in e8=Q'],
    [{ pgn: '[FEN "k7/8/8/8/8/8/8/8 w - - 0 1"]' }, 'The FEN in "pgn" cannot be used: White has no king.'],
    [{ pgn: '[FEN "4k3/8/8/8/8/8/4N3/1N2K3 w - - 0 1"] Nc3' }, 'Illegal move Nc3 at ply 1: it may mean'],
    [{ fen: promotion, context: ['a7a8'] }, 'a pawn that reaches the last rank needs a promotion piece'],
    [{ fen: 'nonsense' }, 'The FEN in "fen" cannot be used: it needs pieces'],
  ])('refuses %.60j', (form, says) => {
    expect(() => ofForm(form)).toThrow(RequestProblem)
    expect(() => ofForm(form)).toThrow(says)
  })
})

test('movesOfSan() finds every move by the SAN that is written for it', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 150 }), (choices) => {
      const position = Position.start()
      for (const choice of choices) {
        const legal = position.legalMoves()
        const move = legal[choice % legal.length]
        if (move === undefined) return
        expect(movesOfSan(position.san(move) ?? '', position)).toEqual([move])
        expect(movesOfSan(move, position)).toEqual([move])
        position.play(move)
      }
    }),
    { numRuns: 100 },
  )
})
