import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pythonWithTorch } from '../../../scripts/accept/pt-parity.ts'
import { lc0 } from '../../../services/inference/families/lc0.ts'
import { type Game, gameOf } from '../../../services/inference/games/game.ts'
import { positionCache } from '../../../services/inference/games/replay.ts'

const maker = fileURLToPath(new URL('../../fixtures/inference/make_lc0_cases.py', import.meta.url))
const positions = 200
const seed = 20261122

interface Case {
  readonly fen: string | null
  readonly moves: readonly string[]
  readonly planes: string
  readonly ids: Readonly<Record<string, number>>
}

const python = pythonWithTorch(process.env)
let folder = ''
let cases: readonly (Case & { readonly game: Game })[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podmate-lc0-'))
  if (python === undefined) return
  const file = join(folder, 'cases.json')
  await promisify(execFile)(python, [maker, file, String(positions), String(seed)])
  const read: readonly Case[] = JSON.parse(await readFile(file, 'utf8'))
  const cache = positionCache()
  cases = read.map((one) => {
    const game = gameOf({ context: one.moves, ...(one.fen === null ? {} : { fen: one.fen }) }, cache)
    return { ...one, game }
  })
})
afterAll(() => rm(folder, { recursive: true }))

test(`lc0.encode() shows ${positions} random positions as an encoder written with python-chess does`, (context) => {
  if (python === undefined) return context.skip('the Python environment .venv is not complete')
  expect(cases).toHaveLength(positions)
  for (const { game, planes, fen, moves } of cases) {
    const row = lc0.encode(game, 'W')
    const expected = floats(planes)
    const shown = row.kind === 'planes' ? row.planes : new Float32Array(0)
    const different = expected.findIndex((value, index) => value !== shown[index])
    expect({ fen, moves, plane: different >> 6, square: different & 63 }).toEqual({
      fen,
      moves,
      plane: -1,
      square: 63,
    })
    expect(shown).toHaveLength(expected.length)
  }
})

test('the random positions have all that differs: repetitions, en passant squares, promotions, castling, both sides', (context) => {
  if (python === undefined) return context.skip('the Python environment .venv is not complete')
  const count = (holds: (one: (typeof cases)[number]) => boolean) => cases.filter(holds).length
  expect(count(({ game }) => game.history().some(({ repetitions }) => repetitions > 0))).toBeGreaterThan(20)
  expect(count(({ fen }) => fen !== null && fen.split(' ')[3] !== '-')).toBeGreaterThan(2)
  expect(count(({ ids }) => Object.keys(ids).some((move) => move.endsWith('n')))).toBeGreaterThan(5)
  for (const castling of ['e1g1', 'e1c1', 'e8g8', 'e8c8']) {
    const legal = count(
      ({ ids, game }) => castling in ids && game.position.pieceAt(castling.slice(0, 2)) === 'k',
    )
    expect(legal).toBeGreaterThan(2)
  }
  expect(count(({ game }) => game.position.turn === 'b')).toBeGreaterThan(50)
})

test('lc0.idOf() gives every legal move of them the output that python-chess leads to, and tokenOf() gives it back', (context) => {
  if (python === undefined) return context.skip('the Python environment .venv is not complete')
  for (const { game, ids } of cases) {
    const { position } = game
    const found = Object.fromEntries(position.legalMoves().map((move) => [move, lc0.idOf(move, position)]))
    expect(found).toEqual(ids)
    for (const [move, id] of Object.entries(ids)) expect(lc0.tokenOf(id, position)).toBe(move)
  }
})

function floats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64')
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
}
