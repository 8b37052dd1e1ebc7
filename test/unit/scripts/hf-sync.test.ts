import { expect, test } from 'vitest'
import { readCall } from '../../../scripts/hf-sync/options.ts'
import { outcomeLines } from '../../../scripts/hf-sync/outcome-lines.ts'
import { progressBar, progressLine } from '../../../scripts/hf-sync/progress.ts'
import { uploadReport } from '../../fixtures/artifacts/upload-report.ts'

const half = uploadReport({
  activity: 'uploading',
  ...{ pendingFiles: 4, pendingBytes: 6_000_000 },
  next: [{ path: 'best.pt', state: 'uploading', bytesSent: 1, total: 2 }],
})

test('progressLine() shows how much of what was missing is there', () => {
  expect(progressLine(half, 12_000_000)).toBe(
    '[############------------] 6.0 MB of 12.0 MB, 4 to go, uploading best.pt',
  )
  expect(progressLine(uploadReport(), 0)).toBe(
    '[------------------------] 0 bytes of 0 bytes, 0 to go, clean',
  )
})

test('progressBar() draws on a terminal and keeps lines above it', () => {
  const written: string[] = []
  const bar = progressBar({ isTTY: true, columns: 200, write: (text) => written.push(text) })
  bar.show(half)
  bar.line('committed')
  bar.clear()
  const line = `\r\x1b[K${progressLine(half, 6_000_000)}`
  expect(written).toEqual([line, '\r\x1b[Kcommitted\n', line, '\r\x1b[K'])
})

test('progressBar() writes nothing but lines where there is no terminal', () => {
  const written: string[] = []
  const bar = progressBar({ write: (text) => written.push(text) })
  bar.show(half)
  bar.line('committed')
  bar.clear()
  expect(written).toEqual(['committed\n'])
})

test('readCall() understands its options and refuses others', () => {
  expect(readCall([])).toEqual({ help: false, dryRun: false, deadlineMs: Number.POSITIVE_INFINITY })
  expect(readCall(['--dry-run', '--deadline', '60'])).toMatchObject({ dryRun: true, deadlineMs: 60_000 })
  expect(readCall(['--deadline', '-1'])).toContain("Option '--deadline")
  expect(readCall(['--deadline', 'soon'])).toContain('not soon')
  expect(readCall(['folder'])).toContain('Unexpected argument')
})

test('outcomeLines() is not clean while something is left, unreadable or not ready', () => {
  const report = uploadReport()
  const nothing = { left: [], leftFiles: 0, leftBytes: 0 }
  expect(outcomeLines({ type: 'sent', outcome: nothing, report }).isClean).toBe(true)
  const unreadable = [{ path: '/a', reason: 'it may not be read' }]
  expect(outcomeLines({ type: 'sent', outcome: nothing, report: { ...report, unreadable } })).toEqual({
    isClean: false,
    lines: ['/a cannot be read: it may not be read', 'flushed: everything is on the Hub'],
  })
  const left = { left: ['a.pt'], leftFiles: 1, leftBytes: 5 }
  expect(outcomeLines({ type: 'sent', outcome: left, report }).isClean).toBe(false)
  const planned = {
    type: 'planned',
    commits: [],
    notReady: unreadable,
    refused: [],
    unmatched: ['/b.log'],
    safeFiles: 2,
  } as const
  expect(outcomeLines(planned)).toEqual({
    isClean: false,
    lines: [
      '/a would wait: it may not be read',
      '/b.log stays here: no pattern of HF_SYNC_PATTERNS names it',
      'Nothing would be uploaded; 2 safe.',
    ],
  })
})
