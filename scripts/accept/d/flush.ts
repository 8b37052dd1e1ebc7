import { testsOf } from '../b/tests-of.ts'

/** TERM with 200 MB pending and a budget of 10 s: in time, what is missing is named, the next start sends exactly that. */
export const flushLine = testsOf('flush', ['test/integration/artifacts/stop.test.ts'])
