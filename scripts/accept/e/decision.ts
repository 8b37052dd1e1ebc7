import fc from 'fast-check'
import { histories } from '../../../test/fixtures/autostop/histories.ts'
import type { Finding, Line } from '../line.ts'

/** What has to be true of every history, in words. */
const claims = {
  'an active signal keeps the pod': fc.property(histories.busy, histories.keepsBusy),
  'an idle pod stops within its timeout and one interval': fc.property(histories.idle, histories.stopsIdle),
  'what nobody can read holds it no longer than its grace': fc.property(
    histories.unreadable,
    histories.stopsUnreadable,
  ),
  'unknown never shortens': fc.property(histories.mixed, histories.unknownNeverShortens),
  'unseen time is not idle time': fc.property(histories.suspended, histories.countsSeenTimeOnly),
  'lifetime and budget hold in spite of a hold, announced': fc.property(
    histories.limited,
    histories.keepsLimits,
  ),
} as const

function judge(claim: string, property: fc.IProperty<unknown>, numRuns: number, seed: number): Finding {
  const { failed, counterexample, numRuns: runs } = fc.check(property, { numRuns, seed })
  const example = failed ? ` (${JSON.stringify(counterexample)})` : ''
  return { fact: `${claim}: ${runs} histories${example}`, holds: !failed }
}

/** Histories of up to 48 simulated hours each, and how long a simulated day takes. */
export const decisionLine: Line = {
  title: 'the decision',
  async check() {
    const seed = 20_261_122
    const findings = Object.entries(claims).map(([claim, property]) =>
      // What a property is about is known to itself alone.
      judge(claim, property as fc.IProperty<unknown>, 500, seed),
    )
    const startMs = performance.now()
    const { looks } = histories.fullDay()
    const seconds = (performance.now() - startMs) / 1000
    return [
      ...findings,
      { fact: `seed ${seed}`, holds: true },
      { fact: `24 hours, ${looks.length} looks, in ${seconds.toFixed(2)} s`, holds: seconds < 5 },
    ]
  },
}
