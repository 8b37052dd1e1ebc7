import type { Line } from '../line.ts'
import { runTests } from '../run-tests.ts'

/** A line that runs tests at full size, and holds them to times that only an idle machine can keep. */
export function testsOf(title: string, files: readonly string[], env: NodeJS.ProcessEnv = {}): Line {
  return { title, check: () => runTests({ files, env: { ...accepting, ...env } }) }
}

/** The environment of tests that are run for acceptance. */
export const accepting = { CI: 'true', PODMATE_ACCEPT: '1' }
