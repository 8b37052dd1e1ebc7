import { testsOf } from '../b/tests-of.ts'

/** kill -9 of podmate at 10 random moments: the Hub equals the folder, nothing that was stored is sent again. */
export const killPodmateLine = testsOf('podmate killed', ['test/integration/artifacts/kill-podmate.test.ts'])
