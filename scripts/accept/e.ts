import { budgetLine } from './e/budget.ts'
import { cost } from './e/cost.ts'
import { decisionLine } from './e/decision.ts'
import { endToEndLine } from './e/end-to-end.ts'
import { ladderLine } from './e/ladder.ts'
import { resumeLine } from './e/resume.ts'
import { secretsLine } from './e/secrets.ts'
import type { Line } from './line.ts'

/** The acceptance list of issue E, in its order. */
export const issueE: readonly Line[] = [
  decisionLine,
  endToEndLine,
  ladderLine,
  budgetLine,
  resumeLine,
  cost,
  secretsLine,
]
