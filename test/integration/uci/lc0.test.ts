import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { centipawns } from '../../../scripts/uci/centipawns.ts'
import { repository } from '../../fixtures/boot/podmate.ts'
import { lc0Net } from '../../fixtures/inference/lc0-net.ts'
import { type RunningInference, runInference } from '../../fixtures/inference/run-inference.ts'
import { noTrainingVenv, trainingVenv } from '../../fixtures/pod/training-venv.ts'
import { startEngine } from '../../fixtures/uci/engine-process.ts'
import { playGames } from '../../fixtures/uci/play-games.ts'

/** Castling on both sides, an en passant capture, promotions, and a game that begins with Black. */
const starts = [
  'r3k2r/pppq1ppp/2n2n2/3pp3/3PP3/2N2N2/PPPQ1PPP/R3K2R w KQkq - 4 8',
  '4k3/P6P/8/3pP3/8/8/p6p/4K3 w - d6 0 30',
  '4k3/P6P/8/8/3Pp3/8/p6p/4K3 b - d3 0 30',
]

describe('the UCI engine plays an Lc0 net', () => {
  let folder = ''
  let one: RunningInference
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'podmate-uci-'))
    await writeFile(join(folder, 'net.onnx'), lc0Net())
    one = await runInference({ artifactDirs: [folder] })
    await one.becomes('ready')
  })
  afterAll(async () => {
    await one.stop()
    await rm(folder, { recursive: true })
  })

  test('from a FEN, with the value of the position as its score', async () => {
    const engine = startEngine(['--url', one.url])
    const [fen = ''] = starts
    engine.send('setoption name UCI_ShowWDL value true', `position fen ${fen} moves e1g1`, 'go movetime 2000')
    const { best_legal, wdl } = Object(await (await one.infer({ fen, context: ['e1g1'] })).json())
    const [, line] = await engine.until('bestmove')
    const score = `score cp ${centipawns(wdl[0] - wdl[2])} wdl ${Math.round(1000 * wdl[0])} `
    expect(line).toMatch(new RegExp(`^info depth 1 seldepth 1 multipv 1 ${score}.* pv ${best_legal}$`))
  })

  test('through whole games from FENs, driven by python-chess', async ({ skip }) => {
    const venv = trainingVenv()
    if (venv === undefined) return skip(noTrainingVenv)
    const command = [process.execPath, join(repository, 'scripts/uci.ts'), '--url', one.url]
    const drawing = (Seed: number) => ({ Temperature: 100, Seed })
    const players = [
      { name: 'first', command, options: drawing(1) },
      { name: 'second', command, options: drawing(2) },
    ] as const
    const match = await playGames(join(venv, 'bin/python'), { players, games: 3, starts, seconds: 60 })
    expect(match).toMatchObject({ failures: [], noise: [], exits: [0, 0] })
    expect(match.games).toHaveLength(3)
  }, 180_000)
})
