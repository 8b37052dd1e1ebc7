import { testsOf } from '../b/tests-of.ts'

/** Boots that begin at the end of their budget, lifetime or job; files that a stop would delete; no terminate with them. */
export const resumeLine = testsOf('resume traps', ['test/integration/autostop/resume.test.ts'])
