import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { pythonWithTorch } from '../../../scripts/accept/pt-parity.ts'
import { startProgram } from '../../fixtures/http/run-program.ts'

const noPeer = 'FastAPI and torch are not installed in .venv (npm test installs them; or set PODMATE_PYTHON)'

function bench(words: readonly string[]) {
  const { PODMATE_PYTHON } = process.env
  return startProgram('scripts/bench.ts', ['inference', ...words], PODMATE_PYTHON ? { PODMATE_PYTHON } : {})
    .ended
}

test('bench inference --json prints the speeds of both servers alone on stdout', async ({ skip }) => {
  const python = pythonWithTorch(process.env) ?? ''
  skip(spawnSync(python, ['-c', 'import fastapi, httptools, torch, uvloop']).status !== 0, noPeer)
  const short = [
    '--seconds',
    '0.5',
    '--rounds',
    '1',
    '--idle-seconds',
    '0.5',
    '--clients',
    '1,8',
    '--peer',
    'loop,1',
  ]
  const { code, out, err } = await bench(['--json', ...short])
  expect(err).toContain('same answers: best_legal 50/50')
  expect(code).toBe(0)
  const speed = {
    ours: expect.toSatisfy(isRate),
    peer: expect.toSatisfy(isRate),
    ratio: expect.toSatisfy(isRate),
  }
  const speeds = { 1: speed, 8: speed }
  const part = {
    ours: expect.toSatisfy(isRate),
    bare: expect.toSatisfy(isRate),
    share: expect.toSatisfy(isRate),
  }
  expect(JSON.parse(out)).toEqual({ independent: speeds, growing: speeds, ceiling: { 1: part, 8: part } })
}, 180_000)

test('bench inference names the option that is wrong, and its usage', async () => {
  const { code, out, err } = await bench(['--rounds', 'many'])
  expect([code, out, err.split('\n')[0]]).toEqual([64, '', '--rounds must be a number above 0, not many'])
})

function isRate(value: unknown): boolean {
  return typeof value === 'number' && value > 0
}
