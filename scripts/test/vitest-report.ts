import { readFileSync } from 'node:fs'
import type { Outcome } from './outcome.ts'

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      /** `passed`, `failed`, `skipped`, `pending`, `todo` or `disabled`. */
      readonly status: string
      /** Of every try that failed. */
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

/**
 * What came of the tests that vitest's JSON reporter wrote of. A file that could not be loaded has no test, but a message; of a
 * hook that failed and of an error that nobody caught only the exit code tells.
 */
export function readVitestReport(file: string, exitCode: number | null): Outcome {
  const { testResults }: Report = JSON.parse(readFileSync(file, 'utf8')) // as vitest's JsonReporter writes it
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  const passed = tests.filter(({ status }) => status === 'passed')
  const skipped = tests.filter(({ status }) => status === 'skipped')
  const others = tests.filter((one) => !passed.includes(one) && !skipped.includes(one))
  const broken = testResults.filter(({ assertionResults }) => assertionResults.length === 0)
  const failed = [
    ...others.map(({ fullName, status }) => `${fullName} (${status})`),
    ...broken.map(({ name, message }) => `${name}: ${message}`),
  ]
  const besides = exitCode !== 0 && failed.length === 0
  return {
    passed: passed.length,
    failed: besides ? [`vitest ended with ${exitCode} although no test failed`] : failed,
    skipped: skipped.map(({ fullName }) => ({ name: fullName, reason: 'no reason given' })),
    flaky: passed.flatMap(({ fullName, failureMessages: [error] }) =>
      error === undefined ? [] : [{ name: fullName, error: firstLine(error) }],
    ),
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
