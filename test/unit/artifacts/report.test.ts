import { describe, expect, test } from 'vitest'
import { type ArtifactsState, artifactsView } from '../../../services/artifacts/artifacts-view.ts'
import { FlushBook } from '../../../services/artifacts/flush-book.ts'
import { flushText } from '../../../services/artifacts/flush-text.ts'
import { formatBytes } from '../../../services/artifacts/format-bytes.ts'
import { KnownReport } from '../../../services/artifacts/known-report.ts'
import { standing } from '../../../services/artifacts/standing.ts'
import { statusDetails } from '../../../services/artifacts/status-details.ts'
import { timeForFlush } from '../../../services/artifacts/time-for-flush.ts'
import type { UploadReport } from '../../../services/artifacts/uploader/upload-report.ts'
import { defaultTimings } from '../../../supervisor/timings.ts'
import { uploadReport } from '../../fixtures/artifacts/upload-report.ts'

const state = (some: Partial<UploadReport> = {}): ArtifactsState => ({
  report: uploadReport(some),
  reason: undefined,
  uploader: { pid: 12, rssBytes: 90_000_000 },
  flushes: [],
})

describe('standing()', () => {
  const problem = { kind: 'auth', text: 'HF_TOKEN may only read. Make a new one.', atMs: 0 } as const

  test('is ready while files wait, are hashed and go up', () => {
    for (const activity of ['clean', 'waiting', 'hashing', 'uploading'] as const)
      expect(standing(uploadReport({ activity }))).toEqual({ type: 'ready' })
  })

  test('says what to do while nothing goes on', () => {
    for (const activity of ['stopped', 'backing-off'] as const)
      expect(standing(uploadReport({ activity, lastProblem: problem }))).toEqual({
        type: 'degraded',
        reason: problem.text,
      })
  })

  test('forgets a problem that is over', () => {
    expect(standing(uploadReport({ lastProblem: problem }))).toEqual({ type: 'ready' })
  })

  test('is degraded without a journal, and not known before the first look', () => {
    const journalProblem = 'the journal of uploads is not kept: volume does not answer'
    expect(standing(uploadReport({ journalProblem }))).toEqual({
      type: 'degraded',
      reason: `${journalProblem}; uploads go on`,
    })
    expect(standing(uploadReport({ activity: 'starting' }))).toEqual({ type: 'starting' })
  })
})

describe('artifactsView()', () => {
  test('shows progress, the last commit and times as ISO 8601', () => {
    const view = artifactsView(
      state({
        activity: 'uploading',
        next: [{ path: 'best.pt', state: 'uploading', bytesSent: 5, total: 9 }],
        ...{ pendingFiles: 1, pendingBytes: 9 },
        lastCommit: { oid: 'abc', url: 'https://hub.example/c/abc', atMs: 0, files: 3 },
      }),
      20,
    )
    expect(view).toMatchObject({
      activity: 'uploading',
      pending: {
        files: 1,
        bytes: 9,
        next: [{ path: 'best.pt', state: 'uploading', bytes_sent: 5, bytes_total: 9 }],
      },
      last_commit: { oid: 'abc', url: 'https://hub.example/c/abc', at: '1970-01-01T00:00:00.000Z', files: 3 },
      last_problem: null,
      uploader: { pid: 12, rss_bytes: 90_000_000 },
    })
  })

  test('is off with the reason where nothing is uploaded', () => {
    const nothing = { report: undefined, reason: 'HF_TOKEN is not set', uploader: undefined, flushes: [] }
    expect(artifactsView(nothing, 20)).toEqual({
      activity: 'off',
      reason: 'HF_TOKEN is not set',
      flushes: [],
    })
  })

  test('keeps what was known when the uploader is gone', () => {
    const view = artifactsView(
      { ...state({ pendingFiles: 2 }), reason: 'not running', uploader: undefined },
      5,
    )
    expect(view).toMatchObject({ activity: 'off', reason: 'not running', pending: { files: 2 } })
  })
})

describe('statusDetails()', () => {
  test('stays below 16 KB with names of the longest kind', () => {
    const path = '😀'.repeat(2000)
    const many = Array.from({ length: 20 }, () => ({ path, reason: path }))
    const next = many.map(() => ({ path, state: 'seen', bytesSent: 0, total: 1, note: path }) as const)
    const view = statusDetails(state({ refused: many, unreadable: many, next, warnings: [path, path] }))
    expect(Buffer.byteLength(JSON.stringify(view))).toBeLessThanOrEqual(16 * 1024)
    expect(view).toMatchObject({ pending: { next: [{ state: 'seen' }, {}, {}] } })
    expect(JSON.stringify(view)).not.toMatch(/\\ud[89a-f]/)
  })

  test('shows all of what is short', () => {
    const many = Array.from({ length: 20 }, (_, index) => ({ path: `${index}.pt`, reason: 'a link' }))
    expect(statusDetails(state({ refused: many, refusedFiles: 20 })).refused).toEqual({
      files: 20,
      some: many,
    })
  })
})

describe('timeForFlush()', () => {
  const timings = { ...defaultTimings, shutdownBudgetMs: 10_000, stopGraceMs: 6000 }

  test('leaves at least a third of the budget when work took the half that it may', () => {
    expect(timeForFlush(timings, 5000)).toBeGreaterThan(3200)
    expect(timeForFlush(timings, 5000)).toBeLessThan(3400)
  })

  test('gives what earlier tiers left, never less than nothing', () => {
    expect(timeForFlush(timings, 0)).toBeCloseTo(7980)
    expect(timeForFlush(timings, 8400)).toBe(0)
    expect(timeForFlush(timings, 20_000)).toBe(0)
  })

  test('goes by the grace of a service that is stopped alone', () => {
    expect(timeForFlush(timings, undefined)).toBe(5700)
  })
})

describe('KnownReport', () => {
  test('counts on over a new uploader, and keeps the last commit', () => {
    const known = new KnownReport()
    const totals = { commits: 2, filesCommitted: 5, bytesUploaded: 100, retries: 1 }
    const lastCommit = { oid: 'a', url: 'u', atMs: 1, files: 5 }
    known.take(uploadReport({ totals, lastCommit }))
    known.startOver()
    expect(known.report).toMatchObject({ activity: 'starting', totals })
    known.take(uploadReport({ totals: { commits: 1, filesCommitted: 1, bytesUploaded: 7, retries: 0 } }))
    expect(known.report?.totals).toEqual({ commits: 3, filesCommitted: 6, bytesUploaded: 107, retries: 1 })
    expect(known.report?.lastCommit).toEqual(lastCommit)
  })
})

describe('FlushBook', () => {
  const nothing = { left: [], leftFiles: 0, leftBytes: 0 }

  test('settles each flush with its own outcome', async () => {
    const book = new FlushBook()
    const [first, second] = [book.begin(1), book.begin(2)]
    book.settle(second.id, nothing)
    book.settle(first.id, { ...nothing, leftFiles: 1 })
    expect(await Promise.all([first.outcome, second.outcome])).toEqual([
      { ...nothing, leftFiles: 1 },
      nothing,
    ])
    expect(book.records.map(({ deadlineMs }) => deadlineMs)).toEqual([2, 1])
  })

  test('rejects what is under way when the uploader ends, and records why', async () => {
    const book = new FlushBook()
    const { outcome } = book.begin(1)
    book.fail(new Error('it ended'), { left: ['a.pt'], leftFiles: 1, leftBytes: 3 })
    await expect(outcome).rejects.toThrow('it ended')
    expect(book.records[0]?.outcome).toEqual({
      left: ['a.pt'],
      leftFiles: 1,
      leftBytes: 3,
      reason: 'it ended',
    })
  })

  test('keeps the last ten', () => {
    const book = new FlushBook()
    for (let count = 0; count < 25; count += 1) book.settle(book.begin(1).id, nothing)
    expect(book.records.map(({ id }) => id)).toEqual([25, 24, 23, 22, 21, 20, 19, 18, 17, 16])
  })
})

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1000, '1.0 kB'],
  [52_428_800, '52.4 MB'],
  [5e15, '5000.0 TB'],
])('formatBytes(%d) is %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test('flushText() names at most five of what is left, and why', () => {
  expect(flushText({ left: [], leftFiles: 0, leftBytes: 0 })).toBe('flushed: everything is on the Hub')
  const left = ['a', 'b', 'c', 'd', 'e', 'f']
  expect(flushText({ left, leftFiles: 6, leftBytes: 6e6, reason: 'the time was up' })).toBe(
    'not on the Hub (the time was up): 6 files, 6.0 MB: a, b, c, d, e, …',
  )
  expect(flushText({ left: ['a'], leftFiles: 1, leftBytes: 6 })).toBe('not on the Hub: 1 file, 6 bytes: a')
})
