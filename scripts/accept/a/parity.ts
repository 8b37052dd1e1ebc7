import type { Line } from '../line.ts'
import { isParity, parityLine, ptParity, pythonWithTorch } from '../pt-parity.ts'

const contexts = 600
const seed = 20_261_122

/** Scores of .pt files, served and by PyTorch itself. */
export const parity: Line = {
  title: 'parity with PyTorch',
  async check() {
    const python = pythonWithTorch(process.env)
    if (python === undefined)
      throw new Error('there is no Python with torch: run `npm test` once, or set PODMATE_PYTHON')
    const found = await ptParity(python, contexts, seed)
    return [{ fact: parityLine(found), holds: isParity(found) && found.contexts >= 500 }]
  },
}
