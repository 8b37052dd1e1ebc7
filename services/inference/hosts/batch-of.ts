import type { Row } from '../model-host/protocol.ts'

/** Rows that are asked together at most. */
export const mostRows = 16
/** Tokens of a batch at most, unless its first row has more: whoever comes next waits no longer than that. */
const mostTokens = 4096

/** Something to ask, perhaps not in company. */
export interface Askable {
  readonly row: Row
  readonly alone: boolean
}

/** The oldest of what waits, as much of it as is asked together. Pure. */
export function batchOf<Question extends Askable>(waiting: Iterable<Question>): readonly Question[] {
  const batch: Question[] = []
  let tokens = 0
  for (const question of waiting) {
    tokens += lengthOf(question.row)
    const full = batch.length === mostRows || tokens > mostTokens || question.alone
    if (batch.length > 0 && full) break
    batch.push(question)
    if (question.alone) break
  }
  return batch
}

function lengthOf(row: Row): number {
  return row.kind === 'tokens' ? row.tokens.length : 1
}
