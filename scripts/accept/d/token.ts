import { testsOf } from '../b/tests-of.ts'

/** The token in no log, status, journal, argv, nor in the environment of another process. */
export const tokenLine = testsOf('token', ['test/integration/artifacts/token.test.ts'])
