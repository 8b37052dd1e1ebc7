import { describe, expect, test } from 'vitest'
import { judgeSave, type SaveFacts } from '../../../services/autostop/stop/judge-save.ts'
import { nothingKept } from '../../fixtures/autostop/stop-tools.ts'

const folder = (place: 'absent' | 'container' | 'volume', hasFiles = true) => ({
  ...{ path: `/${place}`, place, hasFiles },
})
const left = { left: ['step-2.pt'], leftFiles: 1, reason: 'the Hub answers 503' }
const nothing = { left: [], leftFiles: 0 }
const facts: SaveFacts = {
  ...{
    verb: 'stop',
    terminateUnsynced: false,
    saved: nothing,
    keptHere: nothingKept,
    patienceMs: 3_600_000,
  },
  folders: [folder('container'), folder('volume'), folder('absent', false)],
}
const go = (verb: string, warning?: unknown) => ({ kind: 'go', verb, warning })

describe('judgeSave()', () => {
  test('terminates nothing that has files which no pattern names, and says so; a stop tells what it deletes', () => {
    const keptHere = {
      ...nothingKept,
      refusedFiles: 1,
      unmatchedFiles: 5,
      unmatched: ['/w/a.ckpt', '/w/b.bin', '/w/c', '/w/d', '/w/e'],
    }
    const names =
      /1 file that uploads refuse and 5 files that no pattern .* names \(\/w\/a\.ckpt, \/w\/b\.bin, \/w\/c, …\): add a pattern/
    const onVolume = { ...facts, keptHere, folders: [folder('volume')] }
    expect(judgeSave(onVolume)).toEqual(go('stop'))
    expect(judgeSave({ ...onVolume, verb: 'terminate' })).toEqual(go('stop', expect.stringMatching(names)))
    expect(judgeSave({ ...onVolume, verb: 'terminate', terminateUnsynced: true })).toEqual(
      go('terminate', expect.stringMatching(names)),
    )
    expect(judgeSave({ ...facts, keptHere })).toEqual(
      go('stop', expect.stringMatching(/^The stop deletes files in \/container/)),
    )
  })

  test('terminates nothing with a file that is without a part or cannot be read, and holds no stop back for it', () => {
    const some = [{ path: '/w/net.onnx', reason: 'it belongs with "net.data", which is not there' }]
    const terminate = { ...facts, verb: 'terminate' } as const
    for (const name of ['partsMissing', 'unreadable'] as const) {
      const keptHere = { ...nothingKept, [name]: some }
      expect(judgeSave({ ...terminate, keptHere })).toEqual(
        go('stop', expect.stringMatching(/stopped, not terminated.*net\.onnx: it belongs with "net\.data"/)),
      )
    }
    expect(judgeSave({ ...facts, keptHere: { ...nothingKept, partsMissing: some } })).toEqual(go('stop'))
  })

  test('lets the pod go when everything is uploaded, wherever it lies', () => {
    expect(judgeSave(facts)).toEqual(go('stop'))
    expect(judgeSave({ ...facts, verb: 'terminate' })).toEqual(go('terminate'))
  })

  test('holds a stop back while it would delete what is not uploaded, and then says what is lost', () => {
    const unsynced = { ...facts, saved: left }
    const text = expect.stringMatching(
      /in \/container, .*: 1 file not uploaded \(step-2.pt\): the Hub answers 503/,
    )
    expect(judgeSave(unsynced)).toEqual({ kind: 'flush-again', text })
    expect(judgeSave({ ...unsynced, patienceMs: 0 })).toEqual(go('stop', text))
    expect(judgeSave({ ...unsynced, saved: undefined })).toMatchObject({ kind: 'flush-again' })
  })

  test('does not hold a stop back for what a volume keeps', () => {
    const onVolume = [folder('volume'), folder('container', false)]
    for (const folders of [onVolume, undefined, []]) {
      expect(judgeSave({ ...facts, saved: left, folders })).toEqual(go('stop'))
      expect(judgeSave({ ...facts, saved: undefined, folders })).toEqual(go('stop'))
    }
  })

  test('refuses to terminate while something is not uploaded, and stops instead', () => {
    const terminate = { ...facts, verb: 'terminate', folders: [folder('volume')] } as const
    const warning = expect.stringContaining('stopped, not terminated')
    expect(judgeSave({ ...terminate, saved: left })).toEqual(go('stop', warning))
    expect(judgeSave({ ...terminate, saved: undefined })).toEqual(go('stop', warning))
    expect(judgeSave({ ...terminate, saved: undefined, folders: undefined })).toEqual(go('stop', warning))
    expect(judgeSave({ ...terminate, keptHere: { ...nothingKept, refusedFiles: 1 } })).toEqual(
      go('stop', warning),
    )
    expect(judgeSave({ ...terminate, saved: undefined, folders: [folder('volume', false)] })).toEqual(
      go('terminate'),
    )
  })

  test('terminates all the same when AUTOSTOP_TERMINATE_UNSYNCED says so, and names what is lost', () => {
    const ordered = { ...facts, verb: 'terminate', terminateUnsynced: true } as const
    const warning = expect.stringMatching(/AUTOSTOP_TERMINATE_UNSYNCED.*step-2.pt/)
    expect(judgeSave({ ...ordered, saved: left })).toEqual(go('terminate', warning))
  })
})
