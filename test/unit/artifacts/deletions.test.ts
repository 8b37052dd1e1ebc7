import { expect, test } from 'vitest'
import { Deletions } from '../../../services/artifacts/uploader/deletions.ts'
import type { JournalEntry } from '../../../services/artifacts/uploader/journal-lines.ts'
import type { Scan } from '../../../services/artifacts/uploader/tree.ts'

const identity = { size: 1, mtimeMs: 1, ctimeMs: 1, ino: 1 }
const minuteMs = 60_000

function scanOf(paths: readonly string[], more: Partial<Scan> = {}): Scan {
  const files = new Map(
    paths.map((remotePath) => [remotePath, { path: `/data/${remotePath}`, remotePath, identity }]),
  )
  return { files, refused: [], unreadable: [], missing: [], folders: [], entries: 1, tookMs: 1, ...more }
}

function entries(states: Readonly<Record<string, JournalEntry['state']>>): ReadonlyMap<string, JournalEntry> {
  return new Map(Object.entries(states).map(([path, state]) => [path, { state, identity }]))
}

const journal = entries({ 'a.pt': 'committed', 'b.pt': 'committed', 'never-sent.pt': 'hashed' })

test('due() names what was committed from here and has been gone for ten minutes', () => {
  const deletions = new Deletions()
  expect(deletions.due(scanOf(['a.pt']), journal, 0)).toEqual([])
  expect(deletions.due(scanOf(['a.pt']), journal, 9 * minuteMs)).toEqual([])
  expect(deletions.due(scanOf(['a.pt']), journal, 10 * minuteMs)).toEqual(['b.pt'])
})

test('due() begins anew when a file was back in between', () => {
  const deletions = new Deletions()
  deletions.due(scanOf(['a.pt']), journal, 0)
  deletions.due(scanOf(['a.pt', 'b.pt']), journal, 5 * minuteMs)
  deletions.due(scanOf(['a.pt']), journal, 6 * minuteMs)
  expect(deletions.due(scanOf(['a.pt']), journal, 11 * minuteMs)).toEqual([])
})

test.for([
  ['a source is missing', scanOf(['a.pt'], { missing: ['/data'] })],
  ['something could not be read', scanOf(['a.pt'], { unreadable: [{ path: '/data/x', reason: 'no' }] })],
  ['nothing at all is left', scanOf([])],
] as const)('due() names nothing when %s', ([, scan]) => {
  const deletions = new Deletions()
  deletions.due(scanOf(['a.pt']), journal, 0)
  expect(deletions.due(scan, journal, 10 * minuteMs)).toEqual([])
  expect(deletions.due(scanOf(['a.pt']), journal, 11 * minuteMs)).toEqual([])
})
