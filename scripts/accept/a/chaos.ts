import type { Line } from '../line.ts'
import { runTests } from '../run-tests.ts'

/** 200 kills, stops and TERMs of child processes at 1/100 time scale. */
export const chaos: Line = {
  title: 'chaos',
  check: () => runTests({ files: ['test/integration/chaos/'], env: { CHAOS_EVENTS: '200' } }),
}
