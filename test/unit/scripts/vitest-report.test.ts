import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readVitestReport } from '../../../scripts/test/vitest-report.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

type Test = { readonly fullName: string; readonly status: string }

function report(assertionResults: readonly Test[], message = ''): string {
  const file = join(temporaryFolder(), 'report.json')
  writeFileSync(file, JSON.stringify({ testResults: [{ name: 'a.test.ts', message, assertionResults }] }))
  return file
}

const good = { fullName: 'goes well', status: 'passed' }

test('readVitestReport() tells what passed, failed, and was skipped', () => {
  const tests = [good, { fullName: 'breaks', status: 'failed' }, { fullName: 'waits', status: 'skipped' }]
  expect(readVitestReport(report(tests), 1)).toEqual({
    passed: 1,
    failed: ['breaks (failed)'],
    skipped: [{ name: 'waits', reason: 'no reason given' }],
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
