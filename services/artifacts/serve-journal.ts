import type { JournalStore } from './uploader/journal.ts'
import type { JournalAnswer, JournalRequest } from './uploader/protocol.ts'

/** Makes the call of the store that the uploader asks for. Never rejects: what went wrong is in the answer. */
export async function serveJournal(store: JournalStore, request: JournalRequest): Promise<JournalAnswer> {
  const { id } = request
  try {
    const text = await called(store, request)
    return { type: 'journal', id, ...(text === undefined ? {} : { text }) }
  } catch (error) {
    return { type: 'journal', id, problem: error instanceof Error ? error.message : String(error) }
  }
}

async function called(store: JournalStore, request: JournalRequest): Promise<string | undefined> {
  const { name } = request
  // The store keeps generated tokens as well.
  if (!/^uploads-[\w.]+$/.test(name))
    throw new RangeError(`not the name of a journal: ${JSON.stringify(name)}`)
  if (request.call === 'read') return await store.read(name)
  await store[request.call](name, request.text)
  return undefined
}
