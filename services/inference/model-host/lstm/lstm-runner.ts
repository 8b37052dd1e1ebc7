import type { Output, TokenRow } from '../protocol.ts'
import type { LstmResult, LstmStep } from './lstm-run.ts'
import { planRuns } from './plan-runs.ts'
import type { PrefixStates } from './prefix-states.ts'

/** Runs rows together; one result for each, in their order. */
export type LstmRun = (steps: readonly LstmStep[]) => Promise<readonly LstmResult[]>

/** How a graph may be asked. */
export interface LstmRunnerOptions {
  /** Undefined: every row is run from the start of its game. */
  readonly states: PrefixStates | undefined
  /** Whether it answers a row that has no step left. */
  readonly atRest: boolean
  /** Whether it takes one row at a time. */
  readonly oneByOne: boolean
}

/** Answers batches: each row goes on from the longest prefix whose state is known, and rows near in length run together. */
export function lstmRunner(run: LstmRun, { states, atRest, oneByOne }: LstmRunnerOptions) {
  const stepOf = (row: TokenRow): LstmStep => {
    const known = states?.longest(row.tokens, row.tokens.length - (atRest ? 0 : 1))
    return { ...row, tokens: row.tokens.slice(known?.length ?? 0), state: known?.state }
  }
  return async (rows: readonly TokenRow[]): Promise<readonly Output[]> => {
    const asked = rows.map((row, place) => ({ row, place, step: stepOf(row) }))
    const runs = oneByOne ? asked.map((one) => [one]) : planRuns(asked, ({ step }) => step.tokens.length)
    const outputs = new Array<Output>(rows.length)
    for (const together of runs) {
      const results = await run(together.map(({ step }) => step))
      for (const [index, { scores, state }] of results.entries()) {
        const one = together[index]
        if (one === undefined) continue
        outputs[one.place] = { scores }
        if (state) states?.keep(one.row.tokens, state)
      }
    }
    return outputs
  }
}
