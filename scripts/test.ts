import { fileURLToPath } from 'node:url'
import { isGood, summary, together, withoutExcuses } from './test/outcome.ts'
import { runImageTests } from './test/run-image-tests.ts'
import { runUnittests } from './test/run-unittests.ts'
import { runVitest } from './test/run-vitest.ts'

// Every test, or only those of vitest whose path contains one of the arguments. The last line is the count.
const root = fileURLToPath(new URL('..', import.meta.url))
const filters = process.argv.slice(2)
const outcomes = [
  await runVitest(filters),
  ...(filters.length === 0 ? [runUnittests(root, process.env), runImageTests(root)] : []),
]
const outcome = process.env.CI === 'true' ? withoutExcuses(together(outcomes)) : together(outcomes)

console.log(summary(outcome))
process.exitCode = isGood(outcome) ? 0 : 1
