import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RemoteFile } from '../../../services/artifacts/uploader/hub/hub-repo.ts'
import { isOnHub } from '../../../services/artifacts/uploader/is-on-hub.ts'
import {
  flushLimits,
  type HashedVersion,
  plan,
  planLimits,
} from '../../../services/artifacts/uploader/plan.ts'
import { mayBeRegular } from '../../../services/artifacts/uploader/upload-mode.ts'

const hashes = fc.constantFrom('a', 'b', 'c').map((letter) => letter.repeat(64))
const sizes = fc.oneof(
  fc.integer({ min: 0, max: 1000 }),
  fc.integer({ min: 0, max: 60_000_000 }),
  fc.constant(5e9),
)
const names = fc
  .tuple(
    fc.constantFrom('', 'run/'),
    fc.constantFrom('best', 'step', 'metrics'),
    fc.nat(400),
    fc.constantFrom('.pt', '.json'),
  )
  .map((parts) => parts.join(''))
const versions: fc.Arbitrary<HashedVersion> = fc.record(
  {
    remotePath: names,
    size: sizes,
    mtimeMs: fc.nat(1000),
    sha256: hashes,
    gitOid: fc.constant('d'.repeat(40)),
    stored: fc.constantFrom('lfs' as const, 'regular' as const),
  },
  { requiredKeys: ['remotePath', 'size', 'mtimeMs', 'sha256'] },
)
const folders = fc.uniqueArray(versions, { selector: ({ remotePath }) => remotePath, maxLength: 250 })
const remotes = fc
  .array(fc.tuple(names, sizes, hashes), { maxLength: 100 })
  .map((files) => new Map<string, RemoteFile>(files.map(([path, size, sha256]) => [path, { size, sha256 }])))

describe('plan()', () => {
  test('brings the Hub to exactly what is there, deletes only what it is told, and commits nothing twice', () => {
    fc.assert(
      fc.property(folders, remotes, fc.array(names), (local, remote, goneOrNot) => {
        const gone = goneOrNot.filter((path) => !local.some(({ remotePath }) => remotePath === path))
        const after = new Map(remote)
        const committed: string[] = []
        for (const { files, deleted } of plan(local, remote, { gone })) {
          for (const { remotePath, size, sha256 } of files) after.set(remotePath, { size, sha256 })
          for (const path of deleted) after.delete(path)
          committed.push(...files.map(({ remotePath }) => remotePath), ...deleted)
        }
        for (const file of local) expect(isOnHub(file, after.get(file.remotePath))).toBe(true)
        expect(new Set(committed).size).toBe(committed.length)
        const kept = [...remote.keys()].filter((path) => !gone.includes(path))
        for (const path of kept) expect(after.has(path)).toBe(true)
        for (const path of gone) expect(after.has(path)).toBe(false)
        expect(plan(local, after, { gone })).toEqual([])
      }),
    )
  })

  test('sends nothing that the Hub has', () => {
    fc.assert(
      fc.property(folders, remotes, (local, remote) => {
        for (const { files } of plan(local, remote)) {
          for (const file of files) expect(isOnHub(file, remote.get(file.remotePath))).toBe(false)
        }
      }),
    )
  })

  test.for([planLimits, flushLimits])('stays within its limits, and makes no empty commit', (limits) => {
    fc.assert(
      fc.property(folders, remotes, fc.uniqueArray(names), (local, remote, gone) => {
        for (const { files, deleted, uploads } of plan(local, remote, { gone, limits })) {
          expect(files.length + deleted.length).toBeGreaterThan(0)
          expect(files.length).toBeLessThanOrEqual(limits.files)
          expect(deleted.length).toBeLessThanOrEqual(limits.deleted)
          const regular = files.filter(mayBeRegular)
          const bytes = regular.reduce((sum, { size }) => sum + size, 0)
          if (regular.length > 1) expect(bytes).toBeLessThanOrEqual(limits.regularBytes)
          for (const upload of uploads) expect(files).toContain(upload)
        }
      }),
    )
  })

  test('puts metrics first, then the best checkpoint, then the newest, the state of a training last', () => {
    const file = (remotePath: string, size: number, mtimeMs: number): HashedVersion => ({
      remotePath,
      size,
      mtimeMs,
      sha256: 'a'.repeat(64),
    })
    const local = [
      file('step1.pt', 9e6, 1),
      file('step3.pt', 9e6, 3),
      file('best.pt', 9e6, 2),
      file('old-metrics.json', 100, 1),
      file('metrics.json', 100, 3),
      file('bestiary.pt', 9e6, 0),
      file('best/optimizer.pt', 9e6, 9),
      file('best/scheduler.pt', 100, 8),
    ]
    const [batch] = plan(local, new Map())
    expect(batch?.files.map(({ remotePath }) => remotePath)).toEqual([
      'metrics.json',
      'old-metrics.json',
      'best.pt',
      'step3.pt',
      'step1.pt',
      'bestiary.pt',
      'best/optimizer.pt',
      'best/scheduler.pt',
    ])
  })

  test('makes small files safe before large ones in a flush', () => {
    const sha256 = 'a'.repeat(64)
    const large = ['a.pt', 'b.pt'].map((remotePath) => ({ remotePath, size: 40e6, mtimeMs: 1, sha256 }))
    const small = { remotePath: 'metrics.json', size: 10, mtimeMs: 0, sha256 }
    const batches = plan([...large, small], new Map(), { limits: flushLimits })
    expect(batches.map(({ files }) => files.map(({ remotePath }) => remotePath))).toEqual([
      ['metrics.json'],
      ['a.pt'],
      ['b.pt'],
    ])
  })
})
