import { expect, test } from 'vitest'
import { isParity, parityLine, ptParity, pythonWithTorch } from '../../../scripts/accept/pt-parity.ts'

test('a .pt is served as torch itself answers: with and without features, 1 to 3 layers, unknown moves, vocabularies of 2 to 1,824', async (context) => {
  const python = pythonWithTorch(process.env)
  if (python === undefined) return context.skip('the Python environment .venv is not complete')
  const parity = await ptParity(python, Number(process.env.PARITY_CONTEXTS ?? 60), 1)
  console.log(parityLine(parity))
  expect(parity.models).toBe(12)
  expect(isParity(parity)).toBe(true)
}, 180_000)
