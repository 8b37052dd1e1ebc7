import type { Line } from '../line.ts'
import { runTests } from '../run-tests.ts'

/** A state folder that hangs, is full, or is read-only. */
export const volume: Line = {
  title: 'volume',
  check: () => runTests({ files: ['test/integration/volume/'], env: { CI: 'true' } }),
}
