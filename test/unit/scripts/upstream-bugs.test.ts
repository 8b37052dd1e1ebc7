import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { upstreamBugs } from '../../../scripts/accept/b/upstream-bugs.ts'

const named = upstreamBugs.flatMap(({ bug, tests }) =>
  Object.entries(tests).flatMap(([file, names]) => names.map((name) => ({ bug, file, name }))),
)

test.each(named)('upstreamBugs names a test that exists: $bug, "$name"', ({ file, name }) => {
  expect(readFileSync(file, 'utf8')).toContain(name.trim())
})

test('upstreamBugs names tests by words that a pattern takes as they are', () => {
  expect(named.filter(({ name }) => /[()[\]*+?\\^$|]/.test(name))).toEqual([])
})
