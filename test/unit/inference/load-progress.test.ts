import { expect, test } from 'vitest'
import { loadProgress, progressLine } from '../../../services/inference/hosts/load-progress.ts'

const read = { stage: 'read', path: '/models/new.pt', bytesRead: 3_100_000, bytesTotal: 9_200_000 } as const

test('progressLine() names the file, the stage and what was read', () => {
  expect(progressLine(read)).toBe('new.pt [########----------------] read 3.1 of 9.2 MB')
  expect(progressLine({ stage: 'warm up', path: '/models/new.pt' })).toBe(
    'new.pt [##################------] warm up',
  )
  expect(progressLine({ ...read, bytesRead: 99_000_000 })).toContain('[############------------]')
})

test('loadProgress() draws over its own line on a terminal, and wipes it', () => {
  const written: string[] = []
  const bar = loadProgress({ isTTY: true, write: (text) => written.push(text) })
  bar.show(read)
  bar.clear()
  expect(written).toEqual([`\r\x1b[K${progressLine(read)}`, '\r\x1b[K'])
})

test('loadProgress() is silent where there is no terminal', () => {
  const written: string[] = []
  const bar = loadProgress({ isTTY: false, write: (text) => written.push(text) })
  bar.show(read)
  bar.clear()
  expect(written).toEqual([])
})
