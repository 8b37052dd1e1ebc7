import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningInference, runInference } from '../../fixtures/inference/run-inference.ts'
import { torchFile } from '../../fixtures/inference/torch-file.ts'

const script = fileURLToPath(new URL('../../../scripts/infer.ts', import.meta.url))
let folder = ''
let one: RunningInference

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podmate-infer-'))
  const bundledModel = join(folder, 'model.pt')
  await writeFile(bundledModel, torchFile())
  one = await runInference({ bundledModel })
  await one.becomes('ready')
})
afterAll(async () => {
  await one.stop()
  await rm(folder, { recursive: true })
})

function infer(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { PATH: process.env.PATH, POD_STATE_DIR: join(folder, 'state'), TMPDIR: folder }
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...words], { env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr })
    })
  })
}

test('infer prints the move and the rankings', async () => {
  const { code, stdout } = await infer('e2e4', 'e7e5', '--url', one.url, '--topk', '3')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^2\. \S+ \([a-h][1-8][a-h][1-8]\)\n\n# {2}MODEL/)
  expect(stdout.trim().split('\n')).toHaveLength(8)
})

test('infer --json prints the answer as it is', async () => {
  const { stdout } = await infer('--url', one.url, '--json', '--winner', 'B')
  expect(JSON.parse(stdout)).toMatchObject({ best_legal: expect.any(String), topk: expect.any(Array) })
})

test('infer --pgn asks about the game of a file', async () => {
  const file = join(folder, 'game.pgn')
  await writeFile(file, '[White "a"]\n\n1. e4 e5 2. Nf3 *\n')
  const { code, stdout } = await infer('--pgn', file, '--url', one.url)
  expect(code).toBe(0)
  expect(stdout).toMatch(/^\S+ \([a-h][78][a-h][1-8]\)\n\n# {2}MODEL/)
})

test('infer --fen counts moves from the position that it is given', async () => {
  const usual = 'rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1'
  expect((await infer('--fen', usual, 'e2e4', '--url', one.url)).stdout).toMatch(/^1\.\.\. \S+ \(/)
})

test.each([
  [['--fen', '8/8/8/8/8/4k3/4p3/4K3 b - - 0 70'], 1, 'fen'],
  [['--pgn', '/no/such.pgn'], 2, '/no/such.pgn cannot be read: '],
  [['--pgn', 'a.pgn', 'e2e4'], 2, '--pgn is a whole game: neither MOVEs nor --fen go with it'],
  [['e2e5'], 1, 'infer: Illegal move e2e5 at ply 1'],
  [['--topk', 'many'], 2, '--topk must be a whole number, not many'],
  [['--depth', '3'], 2, "Unknown option '--depth'"],
])('infer %j ends with %i and a sentence', async (words, code, says) => {
  const result = await infer(...words, '--url', one.url)
  expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(says) })
})

test('infer says what to start when nothing listens', async () => {
  const nobody = await infer('e2e4', '--url', 'http://127.0.0.1:9/')
  expect(nobody).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('does not answer at http://127.0.0.1:9'),
  })
  const here = await infer('e2e4')
  expect(here).toMatchObject({ code: 3, stderr: expect.stringContaining('Start it with `npm start`') })
})
