import { expect, test } from 'vitest'
import { chessParity } from '../../../scripts/accept/c/chess-parity.ts'
import { pythonWithTorch } from '../../../scripts/accept/pt-parity.ts'

test('legal moves, ends, SAN and best_legal are as python-chess has them, whichever way a position is told', async (context) => {
  const python = pythonWithTorch(process.env)
  if (python === undefined) return context.skip('the Python environment .venv is not complete')
  const { positions, doubtful, differences } = await chessParity(python, 300, 7)
  console.log(`python-chess: ${positions} positions, ${doubtful} doubtful ones`)
  expect(differences).toEqual([])
  expect(positions).toBeGreaterThan(200)
  expect(doubtful).toBeGreaterThan(40)
}, 180_000)
