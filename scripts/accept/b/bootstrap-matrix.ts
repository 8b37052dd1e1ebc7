import type { Line } from '../line.ts'
import { runTests } from '../run-tests.ts'
import { accepting } from './tests-of.ts'

const files = ['test/integration/bootstrap/', 'test/integration/pod/second-boot.test.ts']
/** What the tests of one cell of the matrix are called. */
const cells = 'with REPO_DIR that is'

/** Six states of REPO_DIR x pull on and off x two owners; then failures, kills, and what the second boot costs. */
export const bootstrapMatrix: Line = {
  title: 'bootstrap',
  async check() {
    const [matrix, ...rest] = await runTests({ files: files.slice(0, 1), names: cells, env: accepting })
    const all = await runTests({ files, env: accepting })
    const told = matrix ? [{ fact: `cells of the matrix: ${matrix.fact}`, holds: matrix.holds }] : []
    return [...told, ...rest.filter(({ holds }) => !holds), ...all]
  },
}
