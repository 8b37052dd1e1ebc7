import { describe, expect, test } from 'vitest'
import type { ScannedFile } from '../../../services/artifacts/uploader/scan-folder.ts'
import { Settling } from '../../../services/artifacts/uploader/settling.ts'

/** Far from now: only what was seen counts. */
const notYet = Date.now() + 1e9

function version(mtimeMs: number, remotePath = 'a.pt'): ScannedFile {
  return { path: `/data/${remotePath}`, remotePath, identity: { size: 1, mtimeMs, ctimeMs: notYet, ino: 1 } }
}

const patience = { quietMs: 5000, patienceMs: 120_000 }

describe('Settling', () => {
  test('has a file due once it was the same for long enough', () => {
    const settling = new Settling()
    expect(settling.see(version(1), 0)).toBe(true)
    expect(settling.see(version(1), 3000)).toBe(false)
    expect(settling.due(4999, patience)).toEqual([])
    expect(settling.nextInMs(4000, patience)).toBe(1000)
    expect(settling.due(5000, patience)).toEqual([version(1)])
  })

  test.for(['size', 'mtimeMs', 'ctimeMs', 'ino'] as const)('begins anew when %s is another', (key) => {
    const settling = new Settling()
    const file = version(1)
    settling.see(file, 0)
    const changed = { ...file, identity: { ...file.identity, [key]: 99 } }
    expect(settling.see(changed, 4000)).toBe(true)
    expect(settling.due(5000, patience)).toEqual([])
    expect(settling.due(9000, patience)).toEqual([changed])
  })

  test('does not look again at a version that is not whole, but at the next', () => {
    const settling = new Settling()
    settling.see(version(1), 0)
    settling.incomplete('a.pt', version(1).identity, 'it is cut')
    expect([settling.due(9000, patience), settling.nextInMs(9000, patience)]).toEqual([[], 111_000])
    expect(settling.noteOf('a.pt')).toBe('it is cut')
    settling.see(version(2), 9000)
    expect(settling.due(14_000, patience)).toEqual([version(2)])
  })

  test('looks again at a version that is not whole when it has not changed for long, and never at one that lacks another', () => {
    const settling = new Settling()
    settling.see(version(1, 'cut.pt'), 0)
    settling.see(version(1, 'net.onnx'), 0)
    settling.incomplete('cut.pt', version(1).identity, 'it is cut')
    settling.lacking('net.onnx', version(1).identity, 'it belongs with a link')
    expect(settling.due(119_999, patience)).toEqual([])
    expect(settling.due(120_000, patience)).toEqual([version(1, 'cut.pt')])
    expect(settling.noteOf('net.onnx')).toBe('it belongs with a link')
    // What it lacked has come.
    settling.see({ ...version(1, 'net.onnx'), lacks: 'a link' }, 130_000)
    expect(settling.due(140_000, patience)).toHaveLength(2)
  })

  test('takes the time of a file itself for how long it has been as it is', () => {
    const settling = new Settling()
    const { identity, ...file } = version(Date.now() - 200_000)
    const old = { ...file, identity: { ...identity, ctimeMs: Date.now() - 200_000 } }
    settling.see(old, 0)
    settling.incomplete('a.pt', old.identity, 'it is cut')
    expect(settling.due(6000, patience)).toEqual([old])
  })

  test('takes no verdict on a version that is gone', () => {
    const settling = new Settling()
    settling.see(version(2), 0)
    settling.incomplete('a.pt', version(1).identity, 'it is cut')
    expect(settling.due(5000, patience)).toEqual([version(2)])
  })

  test('names a file that never settles, once, and does not hold up another', () => {
    const settling = new Settling()
    settling.see(version(1, 'quiet.pt'), 0)
    for (let nowMs = 0; nowMs <= 120_000; nowMs += 1000) settling.see(version(nowMs), nowMs)
    expect(settling.due(120_000, patience)).toEqual([version(1, 'quiet.pt')])
    settling.forget('quiet.pt')
    expect(settling.late(120_000, 120_000)).toEqual([
      { path: 'a.pt', reason: 'it keeps changing', forMs: 120_000 },
    ])
    expect(settling.late(130_000, 120_000)).toEqual([])
  })

  test('knows whether something was written a moment ago', () => {
    const settling = new Settling()
    settling.see(version(1), 0)
    expect([settling.isActive(9000, 10_000), settling.isActive(10_000, 10_000)]).toEqual([true, false])
  })
})
