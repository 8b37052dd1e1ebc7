export interface Skipped {
  readonly name: string
  readonly reason: string
}

/** A test that failed at first and passed when it was tried again: a fault of the test or of what it tests, still to be found. */
export interface Flaky {
  readonly name: string
  /** The first error of its first failure. */
  readonly error: string
}

/** What came of some tests, from the report of whatever ran them. */
export interface Outcome {
  /** Those that passed in the end, flaky ones too. */
  readonly passed: number
  /** Names of tests that failed, or of what kept tests from running. */
  readonly failed: readonly string[]
  readonly skipped: readonly Skipped[]
  readonly flaky: readonly Flaky[]
}

/** All outcomes as one. */
export function together(outcomes: readonly Outcome[]): Outcome {
  return {
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    failed: outcomes.flatMap(({ failed }) => failed),
    skipped: outcomes.flatMap(({ skipped }) => skipped),
    flaky: outcomes.flatMap(({ flaky }) => flaky),
  }
}

/** On a machine that can install what tests need, a test that was skipped for want of it has failed. */
export function withoutExcuses({ passed, failed, skipped, flaky }: Outcome): Outcome {
  const excused = skipped.filter(({ reason }) => reason.startsWith('cannot be installed:'))
  const unexcused = skipped.filter((one) => !excused.includes(one))
  return {
    passed,
    failed: [...failed, ...unexcused.map(({ name, reason }) => `${name} (skipped: ${reason})`)],
    skipped: excused,
    flaky,
  }
}

/** Lines for people, the last one plain: `N passed, N failed, N skipped`. */
export function summary({ passed, failed, skipped, flaky }: Outcome): string {
  return [
    '',
    ...skipped.map(({ name, reason }) => `skipped: ${name}: ${reason}`),
    ...flaky.map(({ name, error }) => `flaky, failed at first: ${name}: ${error}`),
    ...failed.map((name) => `failed: ${name}`),
    ...(passed + failed.length === 0 ? ['no test was executed'] : []),
    `${passed} passed, ${failed.length} failed, ${skipped.length} skipped`,
  ].join('\n')
}

/** Whether all is well: something was tested and nothing failed. */
export const isGood = ({ passed, failed }: Outcome): boolean => passed > 0 && failed.length === 0
