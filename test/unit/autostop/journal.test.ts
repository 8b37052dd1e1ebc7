import { describe, expect, test } from 'vitest'
import { lastStopOf, openJournal } from '../../../services/autostop/journal.ts'
import type { JournalEntry } from '../../../services/autostop/stop/stop-progress.ts'

let at = 0
const entry = (event: JournalEntry['event'], more: object = {}): JournalEntry => {
  at += 1000
  return { at, event, text: `text of ${event}`, ...more }
}
const idle = { because: 'idle', why: 'Nobody used the pod.' }
const started = () => entry('started')
const told = () => entry('told-to-end')

describe('lastStopOf()', () => {
  test('knows nothing in the first boot', () => {
    expect(lastStopOf([])).toBeUndefined()
  })

  test.each([
    ['a call after which nothing could be written', [started(), entry('calling', idle)], 'idle'],
    ['a call that was taken', [started(), entry('calling', idle), entry('stopped', idle), told()], 'idle'],
    ['an end from outside', [started(), entry('countdown', idle), told()], 'outside'],
    [
      'an end long after a refused call',
      [started(), entry('refused', idle), { ...told(), at: 1e9 }],
      'outside',
    ],
    ['an end just after a call that seemed to fail', [started(), entry('refused', idle), told()], 'idle'],
    [
      'an end after a stop that was called off',
      [started(), entry('calling', idle), entry('cancelled'), told()],
      'outside',
    ],
    ['a crash', [started(), entry('calling', idle), told(), started()], 'outside'],
  ] as const)('takes %s for what it was', (_, entries, because) => {
    expect(lastStopOf(entries)?.because).toBe(because)
  })

  test('tells the words of the decision, and when podmate was told to end', () => {
    const entries = [started(), entry('calling', idle), told()]
    expect(lastStopOf(entries)).toEqual({ at, because: 'idle', text: 'Nobody used the pod.' })
  })
})

describe('openJournal()', () => {
  test('reads back what it has written, the older file and half a line included', async () => {
    const files = new Map([['autostop.jsonl.1', '{"at":1,"event":"started","text":"old"}\n{"at":2,"ev']])
    const journal = openJournal({
      readText: async (name) => files.get(name),
      append: async (name, text) => void files.set(name, (files.get(name) ?? '') + text),
    })
    journal.add('countdown', 'soon', { because: 'idle' })
    const entries = await journal.entries()
    expect(entries.map(({ text }) => text)).toEqual(['old', 'soon'])
    expect(entries[1]).toMatchObject({ event: 'countdown', because: 'idle', at: expect.any(Number) })
  })

  test('goes on without a volume', async () => {
    const away = () => Promise.reject(new Error('away'))
    const journal = openJournal({ readText: away, append: away })
    journal.add('started', 'podmate has started')
    await expect(journal.entries()).rejects.toThrow('away')
  })
})
