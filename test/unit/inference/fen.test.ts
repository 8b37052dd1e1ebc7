import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readFen, usualStart } from '../../../services/inference/games/fen.ts'
import { Position } from '../../../services/inference/games/position.ts'
import { RequestProblem } from '../../../services/inference/request-problem.ts'

describe('readFen() takes', () => {
  test.each([
    [usualStart, usualStart],
    ['  rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR   w KQkq - ', usualStart],
    ['7k/5Q2/6K1/8/8/8/8/8 b - - 3', '7k/5Q2/6K1/8/8/8/8/8 b - - 3 1'],
    ['k7/8/8/8/8/8/8/K7 w - - 0 0', 'k7/8/8/8/8/8/8/K7 w - - 0 1'],
    [
      'rnbqkbnr/pppppppp/8/8/4P3/8/PPPP1PPP/RNBQKBNR b KQkq e3 0 1',
      'rnbqkbnr/pppppppp/8/8/4P3/8/PPPP1PPP/RNBQKBNR b KQkq e3 0 1',
    ],
  ])('%j', (given, read) => {
    expect(readFen(given, 'fen')).toBe(read)
  })
})

test.each([
  ['qkQK', 'KQkq'],
  ['HAha', 'KQkq'],
  ['AHah', 'KQkq'],
  ['kK', 'Kk'],
])('readFen() reads the castling rights %j as %j', (given, read) => {
  const told: string[] = []
  const fen = (rights: string) => `r3k2r/8/8/8/8/8/8/R3K2R w ${rights} - 0 1`
  expect(readFen(fen(given), 'fen', (text) => told.push(text))).toBe(fen(read))
  expect(told).toEqual([])
})

test('readFen() takes off castling rights without their king and rook, and says so', () => {
  const told: string[] = []
  const read = readFen('4k3/8/8/8/8/8/8/4K2R w KQkq - 0 1', 'fen', (text) => told.push(text))
  expect(read).toBe('4k3/8/8/8/8/8/8/4K2R w K - 0 1')
  expect(told).toEqual([
    'the castling right Q is taken off: it needs a king on e1 and a rook on a1',
    'the castling right k is taken off: it needs a king on e8 and a rook on h8',
    'the castling right q is taken off: it needs a king on e8 and a rook on a8',
  ])
})

describe('readFen() refuses with 400', () => {
  const on = (placement: string, rest = 'w - - 0 1') => `${placement} ${rest}`
  test.each([
    ['', 'it needs pieces, side to move'],
    ['k7/8/8/8/8/8/8/K7 w -', 'it needs pieces, side to move'],
    [on('k7/8/8/8/8/8/8/K7', 'w - - 0 1 2'), 'it needs pieces, side to move'],
    [on('k7/8/8/8/8/8/K7'), 'on 8 ranks, not 7'],
    [on('k7/9/8/8/8/8/8/K7'), 'rank 7 must be made of pieces'],
    [on('k7/44/8/8/8/8/8/K7'), 'rank 7 must be made of pieces'],
    [on('k7/7/8/8/8/8/8/K7'), 'rank 7 has 7 squares, not 8'],
    [on('k7/x7/8/8/8/8/8/K7'), 'rank 7 must be made of pieces'],
    [on('8/8/8/8/8/8/8/K7'), 'Black has no king'],
    [on('k7/8/8/8/8/8/8/8'), 'White has no king'],
    [on('kk6/8/8/8/8/8/8/K7'), 'Black has 2 kings'],
    [on('k6P/8/8/8/8/8/8/K7'), 'a pawn stands on h8'],
    [on('k7/8/8/8/8/8/8/K6p'), 'a pawn stands on h1'],
    [on('k7/8/PPPPPPPP/P7/8/8/8/K7'), 'White has 9 pawns'],
    [on('k7/8/8/8/qqqqqqqq/nnnnnnnn/8/7K'), 'Black has 17 pieces'],
    [on('k7/8/8/8/8/8/8/K7', 'x - - 0 1'), 'the side to move must be w or b, not "x"'],
    [on('k7/8/8/8/8/8/8/K7', 'w GBgb - 0 1'), 'the castling rights must be'],
    [on('k7/8/8/8/8/8/8/K7', 'w - e6 0 1'), 'no pawn has just passed the en passant square e6'],
    [on('k7/8/8/8/4P3/8/8/K7', 'w - e3 0 1'), 'on rank 6 with w to move, not "e3"'],
    [on('k7/8/8/8/4P3/4N3/8/K7', 'b - e3 0 1'), 'no pawn has just passed'],
    [on('k7/8/8/8/8/8/8/K7', 'w - - -1 1'), 'the half-move counter must be 0 to 9999, not "-1"'],
    [on('k7/8/8/8/8/8/8/K7', 'w - - 0 1e9'), 'the move number must be 0 to 9999, not "1e9"'],
    [
      on('k7/8/8/8/8/8/8/K6R', 'w - - 0 1').replace('k7', '7k'),
      "Black is in check, and it is not Black's turn",
    ],
    [on('kK6/8/8/8/8/8/8/8'), "Black is in check, and it is not Black's turn"],
    [on('4k3/8/8/8/1q5b/8/3n4/r3K3').replace('3n4', '4q3'), 'the king on e1 is checked by more than two'],
  ])('%j', (fen, says) => {
    const refusal = () => readFen(fen, 'fen')
    expect(refusal).toThrow(RequestProblem)
    expect(refusal).toThrow('The FEN in "fen" cannot be used: ')
    expect(refusal).toThrow(says)
  })
})

test('readFen() lets through only what can be played on, whatever the text', () => {
  const letters = fc.constantFrom(...'kKqQrRbBnNpP12345678')
  const rank = fc.array(letters, { minLength: 1, maxLength: 8 }).map((row) => row.join(''))
  const board = fc.array(fc.oneof(rank, fc.constantFrom('8', '4k3', '4K3', 'r3k2r', 'R3K2R')), {
    minLength: 7,
    maxLength: 9,
  })
  const field = (...usual: string[]) =>
    fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...usual) }, fc.string({ maxLength: 4 }))
  const fens = fc.tuple(
    fc.oneof(
      board.map((rows) => rows.join('/')),
      fc.constantFrom('4k3/8/8/8/8/8/8/4K3', 'r3k2r/8/8/3pP3/3Pp3/8/8/R3K2R'),
    ),
    field('w', 'b'),
    field('-', 'KQkq', 'K', 'kq'),
    field('-', 'd6', 'e3', 'a3'),
    field('0', '99', '100'),
    field('1', '0'),
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fens.map((fields) => fields.join(' ')),
        fc.string(),
      ),
      (text) => {
        let fen = ''
        try {
          fen = readFen(text, 'fen')
        } catch (error) {
          expect(error).toBeInstanceOf(RequestProblem)
          return
        }
        const position = Position.start(fen)
        expect(readFen(fen, 'fen')).toBe(fen)
        for (const move of position.legalMoves()) {
          expect(position.san(move)).toMatch(/^[KQRBNOa-h]/)
          expect(position.clone().play(move)).toBe(true)
        }
      },
    ),
    { numRuns: 2000 },
  )
})
