import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual, promisify } from 'node:util'
import { gameOf } from '../../../services/inference/games/game.ts'
import { positionCache } from '../../../services/inference/games/replay.ts'
import { lc0Net } from '../../../test/fixtures/inference/lc0-net.ts'
import type { Line } from '../line.ts'
import { pythonWithTorch } from '../pt-parity.ts'
import { startPod } from '../start-pod.ts'
import { untilReady } from './until-ready.ts'

const maker = fileURLToPath(new URL('../../../test/fixtures/inference/make_chess_cases.py', import.meta.url))

/** How far the API and python-chess agree. */
export interface ChessParity {
  /** Positions that were reached by context or FEN, and again by PGN. */
  readonly positions: number
  /** Wrong games and changed FENs, of which some are right. */
  readonly doubtful: number
  readonly differences: readonly string[]
}

interface Position {
  readonly fen: string | null
  readonly context: readonly string[]
  readonly pgn: string
  /** SAN by UCI. */
  readonly legal: Readonly<Record<string, string>>
  readonly over: string | null
}

type Case =
  | Position
  | { readonly fen: string | null; readonly context: readonly string[]; readonly taken: boolean }

interface Answer {
  readonly status?: number
  readonly detail?: string
  readonly best_legal: string
  readonly best_legal_san: string
  readonly legal_topk: readonly { readonly uci: string }[]
  readonly game_over: string | null
}

/** Lets python-chess play, and asks a whole pod with a net that takes every position about each of its games. */
export async function chessParity(python: string, count: number, seed: number): Promise<ChessParity> {
  const folder = await mkdtemp(join(tmpdir(), 'podmate-chess-'))
  const net = join(folder, 'net.onnx')
  await writeFile(net, lc0Net())
  const pod = await startPod({ INFERENCE_API_MODEL_PATH: net })
  try {
    const [cases] = await Promise.all([madeCases(python, count, seed), untilReady(pod.url)])
    return await compare(cases, pod.url)
  } finally {
    await pod.end()
    await rm(folder, { recursive: true })
  }
}

async function madeCases(python: string, count: number, seed: number): Promise<readonly Case[]> {
  const { stdout } = await promisify(execFile)(python, [maker, String(count), String(seed)], {
    maxBuffer: 2 ** 28,
  })
  return JSON.parse(stdout)
}

async function compare(cases: readonly Case[], url: string): Promise<ChessParity> {
  const positions = cases.filter((one) => 'legal' in one)
  const asked = await answers(url, cases.map(formOf))
  const askedByPgn = await answers(
    url,
    positions.map(({ pgn }) => ({ pgn })),
  )
  const differences = [
    ...cases.flatMap((one, index) => differencesOf(one, asked[index])),
    ...positions.flatMap((one, index) => differencesOf(one, askedByPgn[index])),
    ...positions.flatMap(sanDifferences),
  ]
  return { positions: positions.length, doubtful: cases.length - positions.length, differences }
}

function formOf({ fen, context }: Case): { readonly fen?: string; readonly context: readonly string[] } {
  return fen === null ? { context } : { fen, context }
}

/** Through /infer/batch, with every legal move ranked. */
async function answers(url: string, forms: readonly object[]): Promise<readonly Answer[]> {
  const all: Answer[] = []
  for (let start = 0; start < forms.length; start += 200) {
    const items = forms.slice(start, start + 200).map((form) => ({ ...form, topk: 2000 }))
    const response = await fetch(new URL('/infer/batch', url), {
      method: 'POST',
      body: JSON.stringify({ items }),
    })
    if (!response.ok) throw new Error(await response.text())
    const { answers: some }: { answers: readonly Answer[] } = Object(await response.json())
    all.push(...some)
  }
  return all
}

function differencesOf(one: Case, answer: Answer | undefined): readonly string[] {
  const differ = (what: string, ours: unknown) => [
    `${what} of ${JSON.stringify(formOf(one))}: ${JSON.stringify(ours)}`,
  ]
  if (answer === undefined) return differ('no answer', null)
  if ('taken' in one) return one.taken === (answer.status === undefined) ? [] : differ('taking', answer)
  if (answer.status !== undefined) return differ('refusal', answer.detail)
  const ours = answer.legal_topk.map(({ uci }) => uci)
  return [
    ...(isDeepStrictEqual(ours.toSorted(), Object.keys(one.legal).toSorted())
      ? []
      : differ('legality', ours)),
    ...(answer.game_over === one.over ? [] : differ('end', answer.game_over)),
    ...(answer.best_legal === (ours[0] ?? '') ? [] : differ('best_legal', answer.best_legal)),
    ...(answer.best_legal_san === (one.legal[answer.best_legal] ?? '')
      ? []
      : differ('SAN', answer.best_legal_san)),
  ]
}

/** The API tells the SAN of one move; here is that of every move. */
function sanDifferences(one: Position): readonly string[] {
  const { position } = gameOf(formOf(one), positionCache())
  return position
    .legalMoves()
    .filter((uci) => position.san(uci) !== one.legal[uci])
    .map((uci) => `SAN of ${uci} in ${JSON.stringify(formOf(one))}: ${position.san(uci)}`)
}

/** 2,000 positions and contexts, about a quarter of them doubtful. */
export const chessParityLine: Line = {
  title: 'python-chess',
  async check() {
    const python = pythonWithTorch(process.env)
    if (python === undefined) throw new Error('no .venv: run `node scripts/setup.mjs --test`')
    const { positions, doubtful, differences } = await chessParity(python, 3000, 2026)
    for (const difference of differences.slice(0, 20)) console.error(difference)
    return [
      { fact: `${positions} positions, each by moves or FEN and by PGN`, holds: positions >= 2000 },
      { fact: `${doubtful} wrong games and changed FENs`, holds: doubtful > 0 },
      { fact: `${differences.length} differences`, holds: differences.length === 0 },
    ]
  },
}

if (import.meta.main) {
  const findings = await chessParityLine.check()
  console.log(findings.map(({ fact }) => fact).join('; '))
  process.exitCode = findings.every(({ holds }) => holds) ? 0 : 1
}
