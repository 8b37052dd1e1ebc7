import { testsOf } from '../b/tests-of.ts'
import type { Line } from '../line.ts'
import { pageGameLine } from './page-game.ts'
import { pageMillionLine } from './page-million.ts'
import { pageProxyLine } from './page-proxy.ts'
import { pageTrainingLine } from './page-training.ts'

/** axe, the console, where requests go, the hold, the token, the curve and the board: the tests of the page. */
const pageTestsLine = testsOf('the page in a browser', [
  'test/integration/page/page.test.ts',
  'test/integration/page/whole-pod.test.ts',
])

/** What the acceptance list of issue F holds the page to. */
export const pageLines: readonly Line[] = [
  pageTrainingLine,
  pageGameLine,
  pageMillionLine,
  pageProxyLine,
  pageTestsLine,
]
