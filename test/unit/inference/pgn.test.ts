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
    const moves = 'e4 e5 Nf3 Nc6 Bb5 a6 O-O 0-0 e8=Q exd6 Kd7'.split(' ')
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

  // What lichess, chess.com, ChessBase, Arena and people write; python-chess reads the same moves.
  test.each([
    ['1. e4 {White scores 54\n% of the games here} e5\n2. Nf3 {main move} Nc6 *', 'e4 e5 Nf3 Nc6'],
    [
      '[Event "x"]\n\n1. e4 { 54\n% in the base } 1... e5 2. Nf3 Nf6\n3. d4 { Petrov } d5 4. Nc3 *',
      'e4 e5 Nf3 Nf6 d4 d5 Nc3',
    ],
    ['1. e4 e5\n% {a note\n2. Nf3 *', 'e4 e5 Nf3'],
    ['1. e4 e5 2. Nf3 ½–½', 'e4 e5 Nf3'],
    ['1. e4 e5 2. Nf3 ½-½', 'e4 e5 Nf3'],
    ['1. e4 e5 2. Nf3 1/2', 'e4 e5 Nf3'],
    ['1. e4 e5 2. Nf3 ½', 'e4 e5 Nf3'],
    ['1. e4 e5 2. Nf3 1–0', 'e4 e5 Nf3'],
    ['1. e4 e5 2. Nf3 0—1', 'e4 e5 Nf3'],
    ['1. e4 e5 2. Nf3 1−0', 'e4 e5 Nf3'],
    ['4. O–O 0–0–0 *', 'O-O 0-0-0'],
    ['4. o-o O-O-O+- *', 'O-O O-O-O'],
    ['1. e4 { c } 1…e5 2. Nf3 *', 'e4 e5 Nf3'],
    ['1. e4 1 … e5 2.… Nf3', 'e4 e5 Nf3'],
    ['1. e4 e5 2. Nf3 Nc6 ⩲ 3. Bb5± a6∓', 'e4 e5 Nf3 Nc6 Bb5 a6'],
    ['1. e4 e5 2. Nf3⁉ Nc6‼ 3. Bb5 ∞ □', 'e4 e5 Nf3 Nc6 Bb5'],
    ['1. e4 e5 2. Nf3 (2. f4 +=) 2... Nc6 *', 'e4 e5 Nf3 Nc6'],
    ['1. e4 = e5 += 2. Nf3 =+ Nc6 +/- 3. Bb5 -/+ a6 +/= 4. Ba4 =/+', 'e4 e5 Nf3 Nc6 Bb5 a6 Ba4'],
    ['1. e4 +- e5 -+ 2. Nf3+- Nc6-+ 3. Bb5= a6=+', 'e4 e5 Nf3 Nc6 Bb5 a6'],
    ['1. e4 e5 2. Nf3N Nc6 N 3. Bb5 RR a6 TN 4. Ba4 D', 'e4 e5 Nf3 Nc6 Bb5 a6 Ba4'],
    [
      '1. exf6ep a6 2. exf6e.p. b6 3. exf6 ep c6 4. exf6 e.p. d6 5. exf6e.p.+',
      'exf6 a6 exf6 b6 exf6 c6 exf6 d6 exf6',
    ],
    ['1. Qh5++ Qxf7# 2. Qf7mate Ke7 ch', 'Qh5 Qxf7 Qf7 Ke7'],
    ['1. e8=Q e8Q 2. e8(Q) e8/N 3. exd8=Q+ e8q!?', 'e8=Q e8Q e8(Q) e8=N exd8=Q e8q'],
    ['1. ♘f3 ♞f6 2. ♙e4 ♟e5 3. ♗×f7 e8=♕', 'Nf3 Nf6 Pe4 Pe5 Bxf7 e8=Q'],
    ['1. e2-e4 e7–e5 2. Ng1-f3 Nb8×c6 3. e:d5', 'e2-e4 e7-e5 Ng1-f3 Nb8xc6 e:d5'],
    ['[Event "5th "Some Name" Open"]\n[Site "X"]\n\n1. e4 e5 2. Nf3 *', 'e4 e5 Nf3'],
    ['[Event "C:\\Games\\"]\n[Site "?"]\n\n1. e4 e5 2. Nf3 *', 'e4 e5 Nf3'],
    ['[Event "x"]\n[X-Client "2000"]\n[A:b+c#d=e "]"]\n\n1. e4 e5 2. Nf3 *', 'e4 e5 Nf3'],
    ['[White "x"] [Black "y"] 1. e4', 'e4'],
    ['1. e4 { a { nested } b } e5 2. Nf3 *', 'e4 e5 Nf3'],
    ['1. e4 {:{ } e5 {} 2. Nf3 *', 'e4 e5 Nf3'],
    ['1. e4 {[%clk 0:01:00] [%eval 0.3]} e5 ({ x } 1... c5 {y}) 2. Nf3', 'e4 e5 Nf3'],
    ['1. e4 e5 (1... @@@@ 2. d4 <x> "y" [z] & --) 2. Nf3 *', 'e4 e5 Nf3'],
    ['1. e4 e5 2. Nf3 *\u001A', 'e4 e5 Nf3'],
    ['1.\u00A0e4 e5\u200B 2. Nf3\u0000', 'e4 e5 Nf3'],
    ['1.e4 e5 2.Nf3$14 Nc6 $ 3 . Bb5', 'e4 e5 Nf3 Nc6 Bb5'],
    ['1. e4 e5 2. Nf3 * +-', 'e4 e5 Nf3'],
  ])('reads %j as others do', (text, moves) => {
    expect(readPgn(text, 1024).moves).toEqual(moves.split(' '))
  })

  test.each([
    ['1. e4 -- 2. d4', 'character 7 is a null move (--)'],
    ['1. e4 Z0', 'is a null move (Z0)'],
    ['1. e4 @@@@', 'is a null move'],
    ['1. e4 } e5', 'character 7 is not understood: "} e5"'],
    ['1. e4 e5 €', 'character 10 is not understood'],
    ['1. e4 1-0 1. d4 0-1', 'more than one game; send one'],
    ['1. e4 *\n\n[Event "x"]\n\n1. d4 *', 'more than one game; send one'],
    ['1. e4\n\n[Event "x"]\n\n1. d4 *', 'more than one game; send one'],
    ['1. e4 (1. d4', 'a variation that ( opens is not closed'],
    ['1. e4) 1. d4', 'there is a ) without a ('],
    ['1. e4 {never', 'a comment that { opens is not closed'],
    ['[Event "x]', 'character 1 begins no tag'],
    ['1. e4 & e5', 'character 7 is not understood: "&"'],
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
