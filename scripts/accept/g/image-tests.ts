import { join } from 'node:path'
import { accepting } from '../b/tests-of.ts'
import type { Line } from '../line.ts'
import { root } from '../root.ts'
import { runTests } from '../run-tests.ts'

/** A line that builds the image and runs tests of test/image against it, held to the times of an idle machine. */
export function imageTests(title: string, names: readonly string[], env: NodeJS.ProcessEnv = {}): Line {
  const files = names.map((name) => `test/image/${name}.test.ts`)
  const program = [join(root, 'test/image/run.ts')]
  return { title, check: () => runTests({ files, program, env: { ...accepting, ...env } }) }
}
