import type { Line } from '../line.ts'
import { runTests } from '../run-tests.ts'

/** Ctrl-C, `kill -TERM` of npm's child, a closed terminal, a second Ctrl-C, and the order of a shutdown. */
export const signals: Line = {
  title: 'signals',
  check: () =>
    runTests({
      files: ['signals', 'terminal', 'shutdown'].map((name) => `test/integration/boot/${name}.test.ts`),
    }),
}
