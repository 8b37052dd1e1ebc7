import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { figures } from '../../fixtures/boot/figures.ts'
import { repository, startPodmate } from '../../fixtures/boot/podmate.ts'
import { noTrainingVenv, trainingVenv } from '../../fixtures/pod/training-venv.ts'
import { findStockfish, type Match, playGames } from '../../fixtures/uci/play-games.ts'

/** How many games each match has; the acceptance list plays 20. */
const games = Number(process.env.POD_UCI_GAMES ?? 2)
const seconds = 60
const timeoutMs = 30_000 * games

/** The command that plays a podmate which has just been started. */
async function podmatePlayer(): Promise<readonly string[]> {
  const pod = startPodmate()
  await expect.poll(() => pod.state('inference'), { interval: 100, timeout: 60_000 }).toBe('ready')
  return [process.execPath, join(repository, 'scripts/uci.ts'), '--url', await pod.url()]
}

/** What the first player won, drew and lost. */
function score(match: Match, name: string): string {
  const points = match.games.map(({ white, result }) =>
    result === '1/2-1/2' ? 'drew' : (result === '1-0') === (white === name) ? 'won' : 'lost',
  )
  return ['won', 'drew', 'lost'].map((word) => points.filter((point) => point === word).length).join('-')
}

function tell(subject: string, match: Match, name: string): void {
  const plies = match.games.reduce((sum, { moves }) => sum + moves.split(' ').length, 0)
  const ends = Map.groupBy(match.games, ({ ended_by }) => ended_by)
  figures(subject, {
    games: match.games.length,
    'won-drawn-lost': score(match, name),
    ended: [...ends].map(([end, { length }]) => `${length} by ${end}`).join(' + '),
    plies,
    'slowest move, ms': Math.max(...match.games.map(({ slowest_ms }) => slowest_ms[name] ?? 0)),
    'illegal moves and time-outs': match.failures.length,
  })
}

/** Nothing illegal, nothing late, nothing on stderr, an orderly end. */
const clean = { failures: [], noise: [], exits: [0, 0] }

describe('python-chess drives whole games of the UCI engine', () => {
  test(
    'against itself',
    async ({ skip }) => {
      const venv = trainingVenv()
      if (venv === undefined) return skip(noTrainingVenv)
      const command = await podmatePlayer()
      const drawing = (Seed: number) => ({ Temperature: 60, TopK: 8, Seed })
      const players = [
        { name: 'first', command, options: drawing(1) },
        { name: 'second', command, options: drawing(2) },
      ] as const
      const match = await playGames(join(venv, 'bin/python'), { players, games, seconds })
      expect(match).toMatchObject(clean)
      // With one Seed each, the games of a match are nevertheless different ones.
      expect(new Set(match.games.map(({ moves }) => moves)).size).toBe(games)
      tell('UCI against itself', match, 'first')
    },
    timeoutMs,
  )

  test(
    'against Stockfish at its lowest level',
    async ({ skip }) => {
      const venv = trainingVenv()
      const stockfish = findStockfish()
      if (venv === undefined) return skip(noTrainingVenv)
      if (stockfish === undefined) return skip('stockfish is not installed (npm test installs it as root)')
      const weakest = {
        name: 'stockfish',
        command: [stockfish],
        options: { 'Skill Level': 0, Threads: 1 },
        nodes: 1,
      }
      const players = [{ name: 'podmate', command: await podmatePlayer() }, weakest] as const
      const match = await playGames(join(venv, 'bin/python'), { players, games, seconds })
      expect(match).toMatchObject(clean)
      expect(match.games).toHaveLength(games)
      tell('UCI against Stockfish, Skill Level 0, 1 node', match, 'podmate')
    },
    timeoutMs,
  )
})
