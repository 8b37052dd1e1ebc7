import { describe, expect, test } from 'vitest'
import { Position } from '../../../services/inference/games/position.ts'
import { positionCache, replay } from '../../../services/inference/games/replay.ts'
import { RequestProblem } from '../../../services/inference/request-problem.ts'
import { limitMs } from '../../fixtures/limit.ts'

function problemOf(moves: readonly string[]): RequestProblem {
  try {
    replay(moves, positionCache())
  } catch (error) {
    if (error instanceof RequestProblem) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('replay() refuses with 400, naming the move and its ply', () => {
  const promotion = 'a2a4 h7h5 a4a5 h5h4 a5a6 h4h3 a6b7 h3g2'.split(' ')
  const castling = 'e2e4 e7e5 g1f3 g8f6 f1c4 f8c5'.split(' ')
  const mate = 'f2f3 e7e5 g2g4 d8h4'.split(' ')
  test.each([
    [['e2e4', 'e2e4'], 'Illegal move e2e4 at ply 2: there is no piece on e2.'],
    [['e2e5'], 'Illegal move e2e5 at ply 1: White to move cannot play it here.'],
    [['e2e4', 'd2d4'], 'Illegal move d2d4 at ply 2: Black to move cannot play it here.'],
    [[...promotion, 'b7a8'], 'a pawn that reaches the last rank needs a promotion piece, for example b7a8q.'],
    [['e2e4q'], 'Illegal move e2e4q at ply 1: no pawn is promoted by e2e4.'],
    [[...castling, 'e1h1'], "castling is written as the king's move, e1g1."],
    [[...castling, 'e1g1q'], 'no pawn is promoted by e1g1.'],
    [[...mate, 'a2a3'], 'Illegal move a2a3 at ply 5: the game ended before it by checkmate.'],
    [['e4'], 'Malformed move "e4" at ply 1'],
    [['E2E4'], 'Malformed move "E2E4"'],
    [['0000'], 'Malformed move "0000"'],
    [['e7e8k'], 'Malformed move "e7e8k"'],
    [[''], 'Malformed move "" at ply 1'],
    [['x'.repeat(100_000)], `Malformed move "${'x'.repeat(40)}" at ply 1`],
  ])('%j', (moves, says) => {
    const problem = problemOf(moves)
    expect(problem.statusCode).toBe(400)
    expect(problem.message).toContain(says)
    expect(problem.extra.ply).toBe(moves.length)
  })
})

describe('replay() with a cache', () => {
  const moves = 'e2e4 e7e5 g1f3 b8c6 f1b5 a7a6 b5a4 g8f6 e1g1 f8e7'.split(' ')

  test('gives the same position as without, whatever was asked before', () => {
    const cache = positionCache()
    for (const length of [0, 4, 6, 10, 5, 9, 10, 3]) {
      const some = moves.slice(0, length)
      const fresh = replay(some, positionCache())
      const cached = replay(some, cache)
      expect(cached.legalMoves().toSorted()).toEqual(fresh.legalMoves().toSorted())
      expect([cached.ply, cached.turn, cached.phase(), cached.gameOver()]).toEqual([
        fresh.ply,
        fresh.turn,
        fresh.phase(),
        fresh.gameOver(),
      ])
    }
  })

  test('gives the very same position when it is asked again', () => {
    const cache = positionCache()
    expect(replay(moves, cache)).toBe(replay(moves, cache))
  })

  test('keeps nothing of a game that was refused', () => {
    const cache = positionCache()
    replay(moves, cache)
    expect(() => replay([...moves, 'e1e2'], cache)).toThrow('Illegal move e1e2')
    expect(cache.size).toBe(1)
    expect(replay(moves, cache).ply).toBe(moves.length)
  })

  test('counts repetitions across prefixes that were cached apart', () => {
    const cache = positionCache()
    const shuffle = Array.from({ length: 8 }, (_none, ply) => ['g1f3', 'g8f6', 'f3g1', 'f6g8'][ply % 4] ?? '')
    for (let length = 1; length < 8; length += 1) replay(shuffle.slice(0, length), cache)
    expect(replay(shuffle, cache).gameOver()).toBe('threefold_repetition')
  })

  test('forgets the oldest before it takes more than 8 MiB', () => {
    const cache = positionCache()
    const firsts = Position.start().legalMoves()
    for (const first of firsts) {
      for (const second of replay([first], cache).legalMoves()) {
        for (const third of replay([first, second], cache).legalMoves().slice(0, 10))
          replay([first, second, third], cache)
      }
    }
    expect(cache.calculatedSize).toBeLessThanOrEqual(8 * 2 ** 20)
    expect(cache.size).toBeGreaterThan(1000)
  })
})

test('replay() takes 1,024 plies in well under the time of a request', () => {
  const shuffle = Array.from(
    { length: 1024 },
    (_none, ply) => ['g1f3', 'g8f6', 'f3g1', 'f6g8'][ply % 4] ?? '',
  )
  const startedAt = performance.now()
  expect(replay(shuffle, positionCache()).ply).toBe(1024)
  expect(performance.now() - startedAt).toBeLessThan(limitMs(1000))
})
