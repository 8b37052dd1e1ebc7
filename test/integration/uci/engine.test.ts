import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { figures } from '../../fixtures/boot/figures.ts'
import { type RunningInference, runInference } from '../../fixtures/inference/run-inference.ts'
import { limitMs } from '../../fixtures/limit.ts'
import { type EngineProcess, startEngine } from '../../fixtures/uci/engine-process.ts'

let one: RunningInference

beforeAll(async () => {
  one = await runInference()
  await one.becomes('ready')
})
afterAll(() => one.stop())

const start = () => startEngine(['--url', one.url])
const bestMove = (lines: readonly string[]) => lines.at(-1)?.split(' ')[1]
/** The moves of an engine against itself, from the start position. */
async function firstMoves(engine: EngineProcess, count: number): Promise<readonly string[]> {
  const moves: string[] = []
  while (moves.length < count) {
    engine.send(`position startpos moves ${moves.join(' ')}`, 'go movetime 5000')
    moves.push(bestMove(await engine.until('bestmove')) ?? '')
  }
  return moves
}
const foolsMate = 'f2f3 e7e5 g2g4 d8h4'

describe('the UCI engine', () => {
  test('introduces itself before it has asked anybody, and leaves with quit', async () => {
    const engine = startEngine()
    engine.send('xyzzy', 'uci')
    const lines = await engine.until('uciok')
    expect(lines[0]).toMatch(/^id name podmate \d+\.\d+\.\d+$/)
    expect(lines[1]).toBe('id author the podmate authors')
    expect(lines.slice(2, -1).every((line) => line.startsWith('option name '))).toBe(true)
    engine.send('register later', 'quit')
    expect(await engine.ending()).toEqual({ code: 0, err: '' })
  })

  test('is there before a GUI loses patience', async () => {
    const times: number[] = []
    for (let start = 0; start < 5; start += 1) {
      const startedMs = performance.now()
      const engine = startEngine()
      engine.send('uci')
      await engine.until('uciok')
      times.push(performance.now() - startedMs)
    }
    const middle = times.sort((left, right) => left - right)[2] ?? Number.NaN
    expect(middle).toBeLessThan(limitMs(300))
    figures('UCI start', { 'uciok, ms': Math.round(middle) })
  })

  test('plays the best legal move of the model, and says which model it is once', async () => {
    const engine = start()
    engine.send('isready', 'ucinewgame', 'position startpos moves e2e4 e7e5', 'go wtime 60000 btime 60000')
    expect(await engine.until('readyok')).toEqual(['readyok'])
    const { best_legal, legal_topk } = Object(await (await one.infer({ context: ['e2e4', 'e7e5'] })).json())
    expect(await engine.until('bestmove')).toEqual([
      expect.stringMatching(/^info string playing .*model\.pt \(generation 1\) on cpu$/),
      expect.stringMatching(`^info depth 1 seldepth 1 multipv 1 nodes 1 time \\d+ pv ${best_legal}$`),
      `info string probabilities: ${shares(legal_topk).slice(0, 5).join(', ')}`,
      `bestmove ${best_legal}`,
    ])
    engine.send('go depth 3')
    expect(await engine.until('bestmove')).toHaveLength(3)
    expect(await engine.end()).toEqual({ code: 0, err: '' })
  })

  test('plays for the colour to move, or as WinnerSide says', async () => {
    const engine = start()
    const context = ['e2e4', 'c7c5', 'g1f3']
    const asked = async (winner_side: string) =>
      shares(Object(await (await one.infer({ context, winner_side })).json()).legal_topk).slice(0, 5)
    for (const [option, side] of [
      ['auto', 'B'],
      ['white', 'W'],
    ] as const) {
      engine.send(
        `setoption name WinnerSide value ${option}`,
        `position startpos moves ${context.join(' ')}`,
        'go',
      )
      const lines = await engine.until('bestmove')
      expect(lines).toContain(`info string probabilities: ${(await asked(side)).join(', ')}`)
    }
  })

  test('shows as many moves as MultiPV says', async () => {
    const engine = start()
    engine.send('setoption name MultiPV value 3', 'position startpos', 'go nodes 1')
    const lines = await engine.until('bestmove')
    const variations = lines.filter((line) => line.includes(' multipv '))
    expect(variations).toHaveLength(3)
    expect(variations[0]).toMatch(new RegExp(` pv ${bestMove(lines)}$`))
  })

  test('plays the same games for the same Seed, others for another', async () => {
    const games = await Promise.all(
      ['7', '7', '8'].map((seed) => {
        const engine = start()
        engine.send('setoption name Temperature value 300', `setoption name Seed value ${seed}`)
        return firstMoves(engine, 8)
      }),
    )
    expect(games[0]).toEqual(games[1])
    expect(games[0]).not.toEqual(games[2])
  })

  test('keeps to searchmoves', async () => {
    const engine = start()
    engine.send('position startpos', 'go searchmoves a2a4 h2h3 depth 1')
    expect(['a2a4', 'h2h3']).toContain(bestMove(await engine.until('bestmove')))
    engine.send('go searchmoves e2e5')
    expect(await engine.until('bestmove')).toEqual([
      'info string none of the searchmoves is legal here',
      'bestmove (none)',
    ])
  })

  test('holds the bestmove of go infinite until stop, and answers isready meanwhile', async () => {
    const engine = start()
    engine.send('position startpos', 'go infinite')
    await engine.until('info string probabilities')
    engine.send('isready')
    expect(await engine.until('readyok')).toEqual(['readyok'])
    engine.send('stop')
    expect(await engine.until('bestmove')).toEqual([expect.stringMatching(/^bestmove [a-h][1-8][a-h][1-8]$/)])
    engine.send('stop', 'ponderhit', 'isready')
    expect(await engine.until('readyok')).toEqual(['readyok'])
  })

  test.each(['ponderhit', 'stop'])('holds the bestmove of go ponder until %s', async (release) => {
    const engine = start()
    engine.send('position startpos moves e2e4', 'go ponder wtime 1000 btime 1000')
    await engine.until('info string probabilities')
    engine.send('isready')
    expect(await engine.until('readyok')).toEqual(['readyok'])
    engine.send(release)
    expect(await engine.until('bestmove')).toHaveLength(1)
  })

  test('gives every go its bestmove, also when they come too early', async () => {
    const engine = start()
    engine.send('position startpos', 'go infinite', 'position startpos moves e2e4', 'go infinite', 'stop')
    expect(bestMove(await engine.until('bestmove'))).toMatch(/^[a-h][12]/)
    expect(bestMove(await engine.until('bestmove'))).toMatch(/^[a-h][78]/)
  })

  test('says that a game is over: mated, or without a move', async () => {
    const engine = start()
    engine.send(`position startpos moves ${foolsMate}`, 'go movetime 1000')
    const lines = await engine.until('bestmove')
    expect(lines.slice(-2)).toEqual(['info depth 0 score mate 0', 'bestmove (none)'])
  })

  test('names the move that is wrong, and makes none', async () => {
    const engine = start()
    engine.send('position startpos moves e2e4 e2e4', 'go movetime 1000')
    expect(await engine.until('bestmove')).toEqual([
      expect.stringMatching(/^info string No move: Illegal move e2e4 at ply 2/),
      'bestmove (none)',
    ])
  })

  test('plays on from the start position as a FEN, and says so when the model takes no other', async () => {
    const engine = start()
    engine.send('position fen rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1 moves e2e4', 'go')
    expect(bestMove(await engine.until('bestmove'))).toMatch(/^[a-h][78]/)
    engine.send('position fen 4k3/8/8/8/8/8/4P3/4K3 w - - 0 1', 'go')
    expect(await engine.until('bestmove')).toEqual([
      expect.stringMatching(/^info string No move: .*fen/i),
      'bestmove (none)',
    ])
  })

  test('takes CRLF and commands in pieces, and answers all of them before its input ends', async () => {
    const engine = start()
    engine.process.stdin?.write('uci\r\nisrea')
    await engine.until('uciok')
    engine.process.stdin?.write('dy\r\nposition startpos\r\ngo infinite')
    const { code, err } = await engine.end()
    expect([code, err]).toEqual([0, ''])
    expect(engine.out.filter((line) => /^(readyok|bestmove)/.test(line))).toHaveLength(2)
  })

  test('tells in debug mode where the time went', async () => {
    const engine = start()
    engine.send('debug on', 'position startpos', 'go')
    expect(await engine.until('bestmove')).toContainEqual(
      expect.stringMatching(/^info string answered in [\d.]+ ms, of which podmate took [\d.]+ ms; 5 moves$/),
    )
    engine.send('debug off', 'go')
    expect((await engine.until('bestmove')).join()).not.toContain('answered in')
  })

  test('refuses an option or a value that it does not have with a sentence', async () => {
    const engine = startEngine()
    engine.send(
      'setoption name Hash value 16',
      'setoption name hash value 32',
      'setoption name Contempt value 1',
      'setoption name MultiPV value 0',
      'uci',
    )
    expect((await engine.until('uciok')).slice(0, 3)).toEqual([
      'info string Hash is taken and changes nothing: podmate plays by its model',
      'info string there is no option Contempt',
      'info string MultiPV cannot be 0: it is a whole number from 1 to 256',
    ])
  })

  test('ends with 2 and the usage when its arguments are wrong', async () => {
    const engine = startEngine(['--depth', '3'])
    const { code, err } = await engine.ending()
    expect([code, engine.out, err.split('\n')[0]]).toEqual([2, [], "uci: Unknown option '--depth'"])
  })
})

function shares(
  ranked: readonly { readonly uci: string; readonly probability: number }[],
): readonly string[] {
  return ranked.map(({ uci, probability }) => `${uci} ${(100 * probability).toFixed(1)}%`)
}
