import { describe, expect, test } from 'vitest'
import { newFiles } from '../../../../services/autostop/signals/new-files.ts'
import type { UploadsState } from '../../../../services/autostop/signals/ports.ts'
import { uploadSignal } from '../../../../services/autostop/signals/upload.ts'

const minute = 60_000

interface Shown {
  readonly activity?: string
  readonly paths?: readonly string[]
  readonly bytes?: number
  readonly committed?: number
}

/** Uploads whose report a test sets. */
function world() {
  let report: UploadsState['report']
  const show = ({ activity = 'uploading', paths = ['last.pt'], bytes = 0, committed = 0 }: Shown) => {
    const state = activity === 'uploading' ? 'uploading' : 'hashed'
    const next = paths.map((path) => ({ path, state }))
    report = { activity, next, totals: { bytesUploaded: bytes, filesCommitted: committed } }
  }
  const state = () => ({ report })
  const signal = uploadSignal({ state, recentMs: minute })
  return { show, state, read: (nowMs: number) => signal.read(nowMs, new AbortController().signal) }
}

describe('uploadSignal()', () => {
  test('is active while bytes move, and quiet when they stand still', async () => {
    const { show, read } = world()
    show({ bytes: 1000 })
    expect(await read(minute)).toMatchObject({ state: 'active', evidence: 'last.pt is uploaded' })
    show({ bytes: 2000 })
    expect((await read(2 * minute)).state).toBe('active')
    expect(await read(4 * minute)).toEqual({
      state: 'quiet',
      lastActiveMs: 2 * minute,
      evidence: 'the upload of last.pt has not moved for 2 min',
    })
  })

  test('is quiet when the same bytes go again and again', async () => {
    const { show, read } = world()
    show({ bytes: 5000 })
    await read(0)
    for (const minutes of [2, 3, 4]) {
      show({ bytes: minutes % 2 === 0 ? 100 : 5000 })
      expect((await read(minutes * minute)).state).toBe('quiet')
    }
  })

  test('is active while files are read, though not for ever', async () => {
    const { show, read } = world()
    show({ activity: 'hashing' })
    expect(await read(0)).toMatchObject({
      state: 'active',
      evidence: 'last.pt is read before it is uploaded',
    })
    expect((await read(31 * minute)).state).toBe('quiet')
  })

  test('is active at a commit, and quiet while it waits, backs off or is off', async () => {
    const { show, read } = world()
    expect((await read(0)).state).toBe('quiet')
    show({ activity: 'waiting' })
    expect((await read(minute)).state).toBe('quiet')
    show({ activity: 'clean', committed: 2, paths: [] })
    expect((await read(2 * minute)).state).toBe('active')
    show({ activity: 'backing-off', committed: 2 })
    expect(await read(4 * minute)).toMatchObject({ evidence: 'nothing is uploaded now (backing-off)' })
  })
})

describe('newFiles()', () => {
  test('tells a file that is new or has changed, once', () => {
    const { show, state } = world()
    const look = newFiles(state)
    expect(look()).toBeUndefined()
    show({ activity: 'starting', paths: ['x'] })
    expect(look()).toBeUndefined()
    show({ paths: ['a.pt'] })
    expect(look()).toBeUndefined()
    show({ paths: ['a.pt', 'b.pt'] })
    expect(look()).toBe('b.pt')
    expect(look()).toBeUndefined()
    show({ paths: [], committed: 2 })
    expect(look()).toBe('a file that is uploaded by now')
    show({ paths: ['a.pt'], committed: 2 })
    expect(look()).toBe('a.pt')
  })
})
