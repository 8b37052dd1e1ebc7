import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Deletions } from '../../../services/artifacts/uploader/deletions.ts'
import { Journal } from '../../../services/artifacts/uploader/journal.ts'
import { patternMatcher } from '../../../services/artifacts/uploader/patterns.ts'
import type { UploadEvent } from '../../../services/artifacts/uploader/protocol.ts'
import { sourceFolders } from '../../../services/artifacts/uploader/source-folders.ts'
import { type Scan, Tree } from '../../../services/artifacts/uploader/tree.ts'
import { memoryStore, quickOptions } from '../../fixtures/artifacts/run-uploader.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const minuteMs = 60_000

interface MirrorOptions {
  readonly names?: readonly string[]
  readonly patterns?: readonly string[]
  readonly mostBytes?: number
  readonly deletion?: 'keep' | 'mirror'
}

/** Folders of a pod, and what podmate remembers from one start to the next. */
function pod() {
  const root = temporaryFolder()
  const store = memoryStore()
  const at = (name: string) => join(root, name)
  return {
    at,
    write(...names: readonly string[]) {
      for (const name of names) {
        mkdirSync(dirname(at(name)), { recursive: true })
        writeFileSync(at(name), name)
      }
    },
    remove: (name: string) => rmSync(at(name), { recursive: true }),
    /** A start of podmate; `look(minutes)` scans, commits what is there when told so, and names what is due. */
    async start({
      names = ['data'],
      patterns = ['*.pt'],
      mostBytes = 1e9,
      deletion = 'mirror',
    }: MirrorOptions = {}) {
      const sources = sourceFolders(names.map(at))
      const options = { ...quickOptions('http://127.0.0.1', '', { sources, deletion }) }
      const journal = new Journal(store, 'uploads.jsonl')
      await journal.load()
      const events: UploadEvent[] = []
      const deletions = new Deletions({ options, journal, tell: (event) => events.push(event) })
      const scan = () =>
        new Tree(sources, '', {
          matches: patternMatcher(patterns),
          excludes: () => false,
          maxFileBytes: mostBytes,
        }).scan()
      return {
        deletions,
        told: () => events.map((event) => (event.type === 'warning' ? event.text : event.type)),
        async commit(seen?: Scan) {
          const { files } = seen ?? (await scan())
          for (const [path, { identity }] of files) journal.note({ path, identity, state: 'committed' })
        },
        async look(minutes: number, more: Partial<Scan> = {}) {
          const due = deletions.due({ ...(await scan()), ...more }, minutes * minuteMs)
          await journal.keep()
          return due
        },
      }
    },
  }
}

describe('due()', () => {
  test('names what was committed from here and has been gone for ten minutes', async () => {
    const { write, remove, start } = pod()
    write('data/a.pt', 'data/b.pt')
    const { commit, look } = await start()
    await commit()
    expect(await look(0)).toEqual([])
    remove('data/b.pt')
    expect([await look(1), await look(10), await look(11), await look(12)]).toEqual([
      [],
      [],
      ['b.pt'],
      ['b.pt'],
    ])
  })

  test('begins anew when a file was back in between', async () => {
    const { write, remove, start } = pod()
    write('data/a.pt', 'data/b.pt')
    const { commit, look } = await start()
    await commit()
    await look(0)
    remove('data/b.pt')
    await look(1)
    write('data/b.pt')
    await look(5)
    remove('data/b.pt')
    expect([await look(6), await look(11), await look(16)]).toEqual([[], [], ['b.pt']])
  })

  test('names nothing with keep', async () => {
    const { write, remove, start } = pod()
    write('data/a.pt', 'data/b.pt')
    const { commit, look } = await start({ deletion: 'keep' })
    await look(0)
    await commit()
    remove('data/b.pt')
    expect([await look(1), await look(20)]).toEqual([[], []])
  })

  test.for([
    ['whose pattern was taken out', { patterns: ['!b*', '*.pt'] }],
    ['that has outgrown the limit', { mostBytes: 'data/a.pt'.length }],
  ] as const)('leaves a file %s, until it is really gone', async ([, settings]) => {
    const { write, remove, start } = pod()
    write('data/a.pt', 'data/b-large.pt')
    const first = await start()
    await first.commit()
    await first.look(0)
    const { look } = await start(settings)
    expect([await look(0), await look(20), await look(40)]).toEqual([[], [], []])
    remove('data/b-large.pt')
    expect([await look(41), await look(50), await look(51)]).toEqual([[], [], ['b-large.pt']])
  })

  test('finds a name in another Unicode form, a moved folder and a file in its place', async () => {
    const { at, write, start } = pod()
    write('data/a.pt', `data/${'é'.normalize('NFD')}/b.pt`, 'data/old/c.pt', 'data/d/e.pt')
    const { commit, look } = await start()
    await commit()
    const { look: lookAgain } = await start({ patterns: ['a.pt'] })
    await look(0)
    renameSync(at('data/old'), at('data/new'))
    renameSync(at('data/d'), at('elsewhere'))
    write('data/d')
    await lookAgain(0)
    await look(1)
    expect((await look(11)).toSorted()).toEqual(['d/e.pt', 'old/c.pt'])
  })
})

describe('heldBack', () => {
  test('says nothing of a folder that never was', async () => {
    const { write, remove, start } = pod()
    write('one/a.pt', 'one/b.pt', 'two/c.pt')
    const { commit, deletions, look, told } = await start({ names: ['one', 'two', 'never'] })
    await commit()
    await look(0)
    remove('one/b.pt')
    remove('two/c.pt')
    await look(1)
    expect((await look(11)).toSorted()).toEqual(['one/b.pt', 'two/c.pt'])
    expect([deletions.heldBack, told()]).toEqual([[], []])
  })

  test('names a folder that went away, once, also after a restart, until it is back', async () => {
    const { at, write, remove, start } = pod()
    write('one/a.pt', 'one/b.pt', 'two/c.pt')
    const names = ['one', 'two']
    const first = await start({ names })
    await first.commit()
    await first.look(0)
    remove('one/b.pt')
    renameSync(at('two'), at('unmounted'))
    for (const run of [first, await start({ names })]) {
      expect([await run.look(1), await run.look(11), await run.look(30)]).toEqual([[], [], []])
      expect(run.told()).toEqual([
        `HF_SYNC_DELETE=mirror deletes nothing on Hugging Face: ${at('two')} is missing, and was there before. Mount or make it again, or take it out of HF_SYNC_SOURCE_DIR or ARTIFACT_DIRS.`,
      ])
      expect(run.deletions.heldBack).toEqual(run.told())
    }
    renameSync(at('unmounted'), at('two'))
    expect([await first.look(31), await first.look(41)]).toEqual([[], ['one/b.pt']])
    expect(first.deletions.heldBack).toEqual([])
  })

  test('remembers a folder that was there with nothing of its own on the Hub', async () => {
    const { write, remove, start } = pod()
    write('one/a.pt', 'one/b.pt', 'two/notes.txt')
    const { commit, deletions, look } = await start({ names: ['one', 'two'] })
    await commit()
    await look(0)
    remove('two')
    await look(1)
    expect(deletions.heldBack).toMatchObject([expect.stringContaining('two is missing')])
  })

  test('takes another, empty folder for a volume that is not mounted', async () => {
    const { at, write, remove, start } = pod()
    write('one/a.pt', 'two/b.pt')
    const { commit, deletions, look } = await start({ names: ['one', 'two'] })
    await commit()
    await look(0)
    renameSync(at('two'), at('unmounted'))
    mkdirSync(at('two'))
    expect([await look(1), await look(20)]).toEqual([[], []])
    expect(deletions.heldBack).toMatchObject([expect.stringContaining('is not the folder that it was')])
    remove('two')
    renameSync(at('unmounted'), at('two'))
    remove('two/b.pt')
    expect([await look(21), await look(31)]).toEqual([[], ['two/b.pt']])
  })

  test('keeps what came from a folder that is no source any more', async () => {
    const { write, remove, start } = pod()
    write('one/a.pt', 'one/b.pt', 'two/c.pt')
    const first = await start({ names: ['one', 'two'] })
    await first.commit()
    await first.look(0)
    remove('two')
    const second = await start({ names: ['one'] })
    await second.look(0)
    await second.commit()
    remove('one/b.pt')
    expect([await second.look(1), await second.look(11)]).toEqual([[], ['b.pt']])
    expect(second.told()).toEqual([])
  })

  test.for([
    [
      'something cannot be read',
      { unreadable: [{ path: '/data/x', reason: 'no' }] },
      '/data/x is not read: no',
    ],
    ['nothing at all is left', { files: new Map() }, 'no file is left in '],
  ] as const)('says that %s', async ([, more, reason]) => {
    const { write, remove, start } = pod()
    write('data/a.pt', 'data/b.pt')
    const { commit, look, told } = await start()
    await commit()
    await look(0)
    remove('data/b.pt')
    await look(1)
    expect([await look(10, more), await look(11)]).toEqual([[], []])
    expect(told()).toMatchObject([expect.stringContaining(reason)])
  })
})
