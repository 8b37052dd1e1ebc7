import { expect, test } from 'vitest'
import { serveJournal } from '../../../services/artifacts/serve-journal.ts'

/** A store that remembers its texts by name. */
function store() {
  const texts = new Map<string, string>()
  return {
    texts,
    read: async (name: string) => texts.get(name),
    append: async (name: string, text: string) => void texts.set(name, (texts.get(name) ?? '') + text),
    write: async (name: string, text: string) => void texts.set(name, text),
  }
}

const name = 'uploads-0123456789abcdef.jsonl'

test('serveJournal() makes the call, and answers with its number', async () => {
  const kept = store()
  expect(await serveJournal(kept, { type: 'journal', id: 1, name, call: 'read' })).toEqual({
    type: 'journal',
    id: 1,
  })
  await serveJournal(kept, { type: 'journal', id: 2, name, call: 'write', text: 'a\n' })
  await serveJournal(kept, { type: 'journal', id: 3, name, call: 'append', text: 'b\n' })
  expect(await serveJournal(kept, { type: 'journal', id: 4, name, call: 'read' })).toEqual({
    ...{ type: 'journal', id: 4, text: 'a\nb\n' },
  })
})

test('serveJournal() answers with what went wrong', async () => {
  const broken = { ...store(), append: () => Promise.reject(new Error('volume does not answer')) }
  expect(
    await serveJournal(broken, { type: 'journal', id: 7, name, call: 'append', text: '' }),
  ).toMatchObject({ id: 7, problem: 'volume does not answer' })
})

test.each(['api-token', 'uploads-/../api-token', 'last-shutdown.json', ''])(
  'serveJournal() keeps the uploader away from %j',
  async (other) => {
    const kept = store()
    kept.texts.set(other, 'secret')
    const answer = await serveJournal(kept, { type: 'journal', id: 1, name: other, call: 'read' })
    expect(answer).toMatchObject({ problem: expect.stringContaining('not the name of a journal') })
    expect(answer.text).toBeUndefined()
  },
)
