import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPgn } from '../../../services/inference/games/pgn.ts'
import { RequestProblem } from '../../../services/inference/request-problem.ts'
import { limitMs } from '../../fixtures/limit.ts'

const annotated = `\uFEFF[Event "A \\"friendly\\" game"]\r
% a note of some program
[Result "1/2-1/2"]

1. e4! e5 $1 2. Nf3 {a (b) [c]
more} Nc6 (2... d6 (2... Nf6 {)} 3. Nxe5 1-0) 3. d4) 3.Bb5 a6 ; the rest of this line 4. Qh5
4.O-O 0-0 5 . e8=Q+ exd6 e.p. 6...Kd7?! 1/2-1/2
`

describe('readPgn()', () => {
  test('takes the main line and leaves out tags, comments, variations, glyphs and the result', () => {
    const moves = 'e4 e5 Nf3 Nc6 Bb5 a6 O-O 0-0 e8=Q+ exd6 Kd7'.split(' ')
    expect(readPgn(annotated, 1024)).toEqual({ fen: undefined, moves })
  })

  test.each([
    ['', []],
    ['*', []],
    ['1. e4 *', ['e4']],
    ['e4 e5', ['e4', 'e5']],
    ['1. e4 ; a line of an old Mac\r1... e5', ['e4', 'e5']],
    ['[White "?"]', []],
  ])('reads %j', (text, moves) => {
    expect(readPgn(text, 1024).moves).toEqual(moves)
  })

  test.each([
    ['[FEN "8/8/8/8/8/8/8/8 w - - 0 1"]', '8/8/8/8/8/8/8/8 w - - 0 1'],
    ['[SetUp "1"]\n[FEN "x"]', 'x'],
    ['[SetUp "0"]\n[FEN "x"]', undefined],
    ['[Variant "From Position"]\n[fen "x"]', 'x'],
  ])('takes the start position of %j', (text, fen) => {
    expect(readPgn(text, 1024).fen).toBe(fen)
  })

  test.each([
    ['1. e4 1-0 1. d4 0-1', 'more than one game; send one'],
    ['1. e4 *\n\n[Event "x"]\n\n1. d4 *', 'more than one game; send one'],
    ['1. e4\n\n[Event "x"]\n\n1. d4 *', 'more than one game; send one'],
    ['1. e4 (1. d4', 'a variation that ( opens is not closed'],
    ['1. e4) 1. d4', 'there is a ) without a ('],
    ['1. e4 {never', 'a comment that { opens is not closed'],
    ['[Event "x]', 'character 1 begins no tag'],
    ['1. e4 & e5', 'character 7 is not understood: "& e5"'],
    ['[SetUp "1"] 1. e4', 'the tag SetUp "1" needs a tag FEN'],
    ['[Variant "Atomic"] 1. e4', 'of the variant "Atomic", not chess'],
    ['Nf3 Nf6 Ng1 Ng8 '.repeat(257), 'the game is longer than 1024 plies'],
  ])('refuses %.40j', (text, says) => {
    expect(() => readPgn(text, 1024)).toThrow(RequestProblem)
    expect(() => readPgn(text, 1024)).toThrow(says)
  })

  const piece = fc.constantFrom(
    '(',
    ')',
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\',
    ';',
    '\n',
    '%',
    '$',
    '1',
    '.',
    ' ',
    'e4',
  )
  const hostile = fc.tuple(
    fc.array(piece, { minLength: 1, maxLength: 6 }),
    fc.array(piece, { maxLength: 20 }),
  )
  test('reads or refuses 100,000 characters in well under 50 ms, whatever they are', () => {
    let longestMs = 0
    fc.assert(
      fc.property(hostile, ([unit, end]) => {
        const text = unit.join('').repeat(100_000).slice(0, 100_000) + end.join('')
        const startedAt = performance.now()
        try {
          readPgn(text, 1024)
        } catch (error) {
          expect(error).toBeInstanceOf(RequestProblem)
        }
        longestMs = Math.max(longestMs, performance.now() - startedAt)
      }),
      { numRuns: 300 },
    )
    console.log(`readPgn(): at most ${longestMs.toFixed(1)} ms for 100,000 characters`)
    expect(longestMs).toBeLessThan(limitMs(200)) // machines of other people are slower and busier
  })
})
