import { settledWithin } from '../../../supervisor/time.ts'
import type { JournalStore } from './journal.ts'
import type { FromUploader, JournalAnswer, JournalRequest } from './protocol.ts'

/** The parent gives its store 2 s; after this it is the parent itself that does not answer. */
const answerMs = 4000

/** The journal's store on the other side of the channel. */
export interface ParentStore extends JournalStore {
  /** An answer has come. */
  answer(answer: JournalAnswer): void
}

/** Asks through `send`. */
export function parentStore(send: (message: FromUploader) => void): ParentStore {
  const waiting = new Map<number, (answer: JournalAnswer) => void>()
  let last = 0
  async function ask(call: Pick<JournalRequest, 'call' | 'name'> & { readonly text?: string }) {
    last += 1
    const id = last
    const { promise, resolve } = Promise.withResolvers<JournalAnswer>()
    waiting.set(id, resolve)
    // Each caller below passes a text exactly where the call wants one.
    send({ type: 'journal', id, ...call } as JournalRequest)
    const inTime = await settledWithin(promise, answerMs)
    waiting.delete(id)
    if (!inTime) throw new Error('podmate does not answer')
    const { text, problem } = await promise
    if (problem !== undefined) throw new Error(problem)
    return text
  }
  return {
    read: (name) => ask({ call: 'read', name }),
    async append(name, text) {
      await ask({ call: 'append', name, text })
    },
    async write(name, text) {
      await ask({ call: 'write', name, text })
    },
    answer: (answer) => waiting.get(answer.id)?.(answer),
  }
}
