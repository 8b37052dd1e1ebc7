import { testsOf } from '../b/tests-of.ts'

/** Every answer of RunPod that is none, services up until the stop has happened, and what a stop does on the way. */
export const ladderLine = testsOf('stop ladder', [
  'test/integration/runpod/ladder.test.ts',
  'test/integration/autostop/ladder.test.ts',
  'test/integration/autostop/stop.test.ts',
  'test/integration/autostop/pod.test.ts',
])
