import { describe, expect, test } from 'vitest'
import {
  newerModels,
  type Sighting,
  sightings,
} from '../../../services/inference/model-host/files/newer-models.ts'

const file = (path: string, mtimeMs: number, bytes = 10) => ({
  path,
  mtimeMs,
  bytes,
  version: `${mtimeMs}/${bytes}`,
})
const seenAt = (sinceMs: number, ...files: ReturnType<typeof file>[]): ReadonlyMap<string, Sighting> =>
  new Map(files.map(({ path, version }) => [path, { version, sinceMs }]))

const [old, served, newer, newest] = [
  file('/old', 1),
  file('/served', 2),
  file('/newer', 3),
  file('/newest', 4),
]
const order = { serving: served, settleMs: 1000 }

describe('newerModels()', () => {
  test('gives what is newer than the served model, newest first, once it has settled', () => {
    const found = [newest, newer, served, old]
    expect(newerModels(found, seenAt(0, ...found), order, 1000)).toEqual({
      settled: [newest, newer],
      waitMs: undefined,
    })
  })

  test('gives a settled one although a newer one is still being written, and says when to look again', () => {
    const seen = new Map([...seenAt(0, newer), ...seenAt(700, newest)])
    expect(newerModels([newest, newer], seen, order, 1000)).toEqual({ settled: [newer], waitMs: 700 })
  })

  test('gives nothing when the served one is the newest', () => {
    expect(newerModels([served, old], seenAt(0, served, old), order, 9000)).toEqual({
      settled: [],
      waitMs: undefined,
    })
  })

  test('gives the served file when an older one was put into its place, as a start would take it', () => {
    const copied = file('/served', 1.5)
    expect(newerModels([copied, old], seenAt(0, copied, old), order, 1000).settled).toEqual([copied])
  })

  test('finds anything better than the bundled model', () => {
    const bundled = { serving: undefined, settleMs: 0 }
    expect(newerModels([old], seenAt(0, old), bundled, 0).settled).toEqual([old])
  })

  test('of a named file takes any other version, older ones too, and no other file', () => {
    const named = { serving: served, file: '/served', settleMs: 0 }
    const rewritten = file('/served', 1, 11)
    expect(newerModels([newest, served], seenAt(0), named, 0).settled).toEqual([])
    expect(newerModels([newest, rewritten], seenAt(0), named, 0).settled).toEqual([rewritten])
  })
})

test('sightings() starts again when a file has changed, and forgets what is gone', () => {
  const first = sightings([newer, old], new Map(), 5)
  const grown = file('/newer', 3, 20)
  const second = sightings([grown], first, 9)
  expect([...second]).toEqual([['/newer', { version: grown.version, sinceMs: 9 }]])
  expect(sightings([grown], second, 30).get('/newer')?.sinceMs).toBe(9)
})
