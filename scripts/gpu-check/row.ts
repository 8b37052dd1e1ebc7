import { exitCodes } from '../podctl/exit-codes.ts'
import { table } from '../podctl/table.ts'
import { harmless } from '../podctl/terminal.ts'

/** What came of one check. */
export interface Row {
  readonly name: string
  readonly state: 'holds' | 'FAILED' | 'not tried'
  /** Figures, or the reason. */
  readonly fact: string
  /** The last lines of a program that failed. */
  readonly lines?: readonly string[]
}

export interface Verdict {
  readonly code: number
  readonly text: string
}

export const noGpu = 'no GPU'

/** What all rows together say, and the exit code for it. Pure. */
export function verdictOf(rows: readonly Row[]): Verdict {
  const count = (state: Row['state']) => rows.filter((row) => row.state === state).length
  const [held, failed, untried] = [count('holds'), count('FAILED'), count('not tried')]
  if (rows.every(({ fact }) => fact === noGpu))
    return { code: exitCodes.notHere, text: 'NO GPU HERE: nothing was tried. Run this in a pod with a GPU.' }
  const counts = `${held} hold, ${failed} failed, ${untried} not tried`
  return failed > 0
    ? { code: exitCodes.notTrue, text: `FAILED: ${counts}. Please send all of this back.` }
    : { code: exitCodes.true, text: `Nothing failed: ${counts}. Please send the table back.` }
}

/** The table to send back, what failed programs said last, and the verdict. Pure. */
export function reportLines(head: string, rows: readonly Row[]): readonly string[] {
  const details = rows.flatMap(({ name, lines = [] }) =>
    lines.length === 0 ? [] : ['', `${name} ended with:`, ...lines.map((line) => `  ${harmless(line)}`)],
  )
  return [
    ...[harmless(head), ''],
    ...table(rows.map(({ name, state, fact }) => [name, state, fact])),
    ...[...details, '', verdictOf(rows).text],
  ]
}
