import { testsOf } from '../b/tests-of.ts'

/** The key of RunPod, like every other secret, in no log, event, status, journal and command line. */
export const secretsLine = testsOf('secrets', [
  'test/integration/pod/secrets.test.ts',
  'test/integration/autostop/key.test.ts',
])
