import { testsOf } from '../b/tests-of.ts'

/** axe, the console, where requests go, the hold, the token, the curve and the board: the tests of the page. */
export const pageTestsLine = testsOf('the page in a browser', [
  'test/integration/page/page.test.ts',
  'test/integration/page/whole-pod.test.ts',
])
