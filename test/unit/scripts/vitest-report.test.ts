import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readVitestReport } from '../../../scripts/test/vitest-report.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

type Test = {
  readonly fullName: string
  readonly status: string
  readonly failureMessages: readonly string[]
}

function report(assertionResults: readonly Test[], message = ''): string {
  const file = join(temporaryFolder(), 'report.json')
  writeFileSync(file, JSON.stringify({ testResults: [{ name: 'a.test.ts', message, assertionResults }] }))
  return file
}

const good = { fullName: 'goes well', status: 'passed', failureMessages: [] }

test('readVitestReport() tells what passed, failed, and was skipped', () => {
  const tests = [
    good,
    { fullName: 'breaks', status: 'failed', failureMessages: ['Error: no'] },
    { fullName: 'waits', status: 'skipped', failureMessages: [] },
    { fullName: 'stumbles', status: 'passed', failureMessages: ['Error: not yet\n    at a line'] },
  ]
  expect(readVitestReport(report(tests), 1)).toEqual({
    passed: 2,
    failed: ['breaks (failed)'],
    skipped: [{ name: 'waits', reason: 'no reason given' }],
    flaky: [{ name: 'stumbles', error: 'Error: not yet' }],
  })
})

test('readVitestReport() counts a file that could not be loaded as failed', () => {
  expect(readVitestReport(report([], 'no such module'), 1).failed).toEqual(['a.test.ts: no such module'])
})

test('readVitestReport() takes a bad end without a failed test for a failure: a hook, or an error that nobody caught', () => {
  expect(readVitestReport(report([good]), 0).failed).toEqual([])
  for (const code of [1, null])
    expect(readVitestReport(report([good]), code).failed).toEqual([
      `vitest ended with ${code} although no test failed`,
    ])
})
