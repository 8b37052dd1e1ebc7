import { startVitest, type TestCase, type TestModule } from 'vitest/node'
import type { Outcome } from './outcome.ts'

/**
 * Runs the vitest projects of vitest.config.ts, or only the files whose path contains one of `filters`. A test that fails is tried twice
 * more, and told of as flaky when it passes then (docs/decisions/0034-flaky-tests-are-told.md).
 */
export async function runVitest(filters: readonly string[]): Promise<Outcome> {
  const vitest = await startVitest('test', [...filters], { watch: false, passWithNoTests: true, retry: 2 })
  try {
    const modules = vitest.state.getTestModules()
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const named = (state: string) => tests.filter((test) => test.result().state === state)
    return {
      passed: named('passed').length,
      failed: [
        ...[...named('failed'), ...named('pending')].map(nameOf),
        ...modules.flatMap(brokenParts),
        ...vitest.state.getUnhandledErrors().map((error) => `an unhandled error: ${messageOf(error)}`),
      ],
      skipped: named('skipped').map((test) => ({ name: nameOf(test), reason: reasonOf(test) })),
      flaky: named('passed')
        .filter((test) => test.diagnostic()?.flaky === true)
        .map((test) => ({ name: nameOf(test), error: errorOf(test) })),
    }
  } finally {
    await vitest.close()
  }
}

/** A file that could not be loaded, and a hook that failed, have no failed test to show for it. */
function brokenParts(module: TestModule): readonly string[] {
  const name = module.relativeModuleId
  const suites = [...module.children.allSuites()].flatMap((suite) =>
    suite.errors().map(({ message }) => `${name} > ${suite.fullName}: ${message}`),
  )
  return [...module.errors().map(({ message }) => `${name}: ${message}`), ...suites]
}

function nameOf(test: TestCase): string {
  return `${test.module.relativeModuleId} > ${test.fullName}`
}

function reasonOf(test: TestCase): string {
  const result = test.result()
  return (result.state === 'skipped' && result.note) || 'no reason given'
}

function errorOf(test: TestCase): string {
  return test.result().errors?.[0]?.message.split('\n', 1)[0] ?? 'no error given'
}

/** Vitest hands errors of other threads over as plain objects. */
function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : JSON.stringify(error)
}
