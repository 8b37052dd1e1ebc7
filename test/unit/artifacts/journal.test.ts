import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isOnHub } from '../../../services/artifacts/uploader/is-on-hub.ts'
import { Journal, journalName } from '../../../services/artifacts/uploader/journal.ts'
import {
  type JournalLine,
  journalLines,
  journalText,
} from '../../../services/artifacts/uploader/journal-lines.ts'
import { plan } from '../../../services/artifacts/uploader/plan.ts'
import { fileStates } from '../../../services/artifacts/uploader/upload-report.ts'
import { memoryStore } from '../../fixtures/artifacts/run-uploader.ts'

const name = 'uploads-test.jsonl'
const times = fc.double({ min: 0, max: 4e12, noNaN: true, noDefaultInfinity: true })
const letters = fc.constantFrom('a', 'b', 'c')
const hashes = letters.map((letter) => ({ sha256: letter.repeat(64), gitOid: letter.repeat(40) }))
const paths = fc.oneof(
  fc.constantFrom('a.pt', 'b.pt', 'c.json'),
  fc.string({ unit: 'grapheme', minLength: 1 }),
)
const identities = fc.record({ size: fc.nat(), mtimeMs: times, ctimeMs: times, ino: fc.nat() })
const files = fc
  .record({ path: paths, state: fc.constantFrom(...fileStates), identity: identities, hashes })
  .map(({ hashes, state, ...rest }) => ({ ...rest, state, ...(fileStates.indexOf(state) > 1 ? hashes : {}) }))
const lines: fc.Arbitrary<JournalLine> = fc.oneof(
  { arbitrary: files, weight: 5 },
  fc.record({ forget: paths }),
  fc.record({ commit: hashes.map(({ gitOid }) => gitOid), atMs: fc.nat() }),
  fc.record({
    sources: fc.array(
      fc.record(
        { dir: paths, under: fc.string(), folder: fc.constantFrom('1:2', '42:7') },
        { requiredKeys: ['dir', 'under'] },
      ),
    ),
  }),
)

async function loaded(text: string): Promise<Journal> {
  const store = memoryStore()
  store.texts.set(name, text)
  const journal = new Journal(store, name)
  await journal.load()
  return journal
}

describe('journalLines()', () => {
  test('reads what journalText() writes', () => {
    fc.assert(
      fc.property(fc.array(lines), (written) => {
        expect([...journalLines(written.map(journalText).join(''))]).toEqual(written)
      }),
    )
  })

  test('passes over what is no line of a journal', () => {
    const line = journalText({ forget: 'a.pt' })
    expect([...journalLines(`null\n{}\n[1]\n{"p": 7}\nrubbish\n${line}{"p":"half`)]).toEqual([
      { forget: 'a.pt' },
    ])
  })
})

describe('Journal', () => {
  test('brings the Hub to the same from any beginning of it', async () => {
    // What is there now, what the Hub has of it, and a journal that was cut anywhere by a kill.
    const local = fc.uniqueArray(
      fc.tuple(fc.constantFrom('a.pt', 'b.pt', 'c.json', 'd.json'), identities, hashes),
      {
        selector: ([path]) => path,
      },
    )
    await fc.assert(
      fc.asyncProperty(local, fc.array(letters), fc.nat(), async (there, onHub, cutAt) => {
        const states = there.flatMap(([path, identity, hash]) => [
          journalText({ path, identity, state: 'seen' }),
          journalText({ path, identity, state: 'hashed', ...hash }),
          journalText({ path, identity, state: 'uploaded', ...hash }),
        ])
        const text = states.join('')
        const journal = await loaded(text.slice(0, cutAt % (text.length + 1)))
        const remote = new Map(
          there
            .slice(0, onHub.length)
            .map(([path, { size }], at) => [path, { size, sha256: `${onHub[at]}`.repeat(64) }]),
        )
        // A file whose hash the journal lost is hashed anew, with the same result.
        const versions = there.map(([remotePath, identity, hash]) => {
          const { sha256 = hash.sha256, gitOid = hash.gitOid } = journal.entries.get(remotePath) ?? {}
          return { remotePath, size: identity.size, mtimeMs: identity.mtimeMs, sha256, gitOid }
        })
        for (const { files } of plan(versions, remote)) {
          for (const { remotePath, size, sha256 } of files) remote.set(remotePath, { size, sha256 })
        }
        for (const [path, { size }, hash] of there)
          expect(isOnHub({ size, ...hash }, remote.get(path))).toBe(true)
      }),
    )
  })

  test('keeps what was noted, for the next one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(lines), async (noted) => {
        const store = memoryStore()
        const journal = new Journal(store, name)
        for (const line of noted) journal.note(line)
        await journal.keep()
        const next = new Journal(store, name)
        await next.load()
        expect(next.entries).toEqual(journal.entries)
      }),
    )
  })

  test('writes itself anew before the store would put away its older half twice', async () => {
    const store = memoryStore()
    const journal = new Journal(store, name)
    const identity = { size: 1, mtimeMs: 2, ctimeMs: 3, ino: 4 }
    for (let round = 0; round < 5; round += 1) {
      for (let at = 0; at < 10_000; at += 1)
        journal.note({ path: `file-${at % 10}.pt`, state: 'seen', identity })
      await journal.keep()
    }
    const next = new Journal(store, name)
    await next.load()
    expect(next.entries).toEqual(journal.entries)
    expect(store.texts.get(name)?.length).toBeLessThan(3 << 20)
  })

  test('reads the half that the store has put away first', async () => {
    const store = memoryStore()
    store.texts.set(`${name}.1`, journalText({ commit: 'x', atMs: 1 }) + journalText({ forget: 'a.pt' }))
    const identity = { size: 1, mtimeMs: 2, ctimeMs: 3, ino: 4 }
    store.texts.set(name, journalText({ path: 'a.pt', state: 'seen', identity }))
    const journal = new Journal(store, name)
    await journal.load()
    expect([...journal.entries.keys()]).toEqual(['a.pt'])
    expect(journal.commitTimes(2)).toEqual([1])
  })

  test('goes on without its store, and says so until it is back', async () => {
    let works = false
    const store = memoryStore()
    const append: typeof store.append = async (...call) => {
      if (!works) throw new Error('the volume does not answer')
      await store.append(...call)
    }
    const journal = new Journal({ ...store, append }, name)
    journal.note({ forget: 'a.pt' })
    await journal.keep()
    expect(journal.problem).toContain('the volume does not answer')
    expect(journal.isBehind).toBe(true)
    journal.note({ forget: 'b.pt' })
    await journal.keep()
    works = true
    await journal.keep()
    expect([journal.problem, journal.isBehind]).toEqual([undefined, false])
    const kept = [...journalLines((await store.read(name)) ?? '')]
    expect(kept).toEqual([{ forget: 'a.pt' }, { forget: 'b.pt' }])
  })
})

test('journalName() is another one for every place on the Hub', () => {
  const target = {
    repoId: 'me/run',
    repoType: 'model',
    branch: 'main',
    prefix: '',
    endpoint: 'https://hub',
  } as const
  const others = [
    { ...target, repoId: 'me/other' },
    { ...target, repoType: 'dataset' as const },
    { ...target, branch: 'dev' },
    { ...target, prefix: 'pod' },
    { ...target, endpoint: 'https://other' },
  ]
  const names = [target, ...others].map(journalName)
  expect(new Set(names).size).toBe(6)
  for (const made of names) expect(made).toMatch(/^uploads-[0-9a-f]{16}\.jsonl$/)
})
