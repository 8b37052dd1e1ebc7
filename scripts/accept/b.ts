import { bootstrapMatrix } from './b/bootstrap-matrix.ts'
import { testsOf } from './b/tests-of.ts'
import { upstreamBugsLine } from './b/upstream-bugs.ts'
import type { Line } from './line.ts'

const pod = 'test/integration/pod'

/** The acceptance list of issue B, in its order. */
export const issueB: readonly Line[] = [
  testsOf('doors', ['test/integration/sshd/', 'test/integration/jupyter/']),
  testsOf('isolation', [`${pod}/isolation.test.ts`]),
  testsOf('chaos', [`${pod}/chaos.test.ts`], { POD_CHAOS_EVENTS: '50' }),
  testsOf('banner', [`${pod}/banner.test.ts`], { POD_PIP_MEGABYTES: '2048' }),
  testsOf('shutdown', [`${pod}/shutdown.test.ts`, 'test/integration/boot/shutdown.test.ts']),
  bootstrapMatrix,
  upstreamBugsLine,
  testsOf('secrets', [`${pod}/secrets.test.ts`, 'test/integration/boot/secrets.test.ts']),
  testsOf('training', [`${pod}/train-and-serve.test.ts`]),
]
