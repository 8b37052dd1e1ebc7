import { describe, expect, test } from 'vitest'
import { createOutbox, type Outbox } from '../../../services/state/outbox.ts'
import type { WriteRequest } from '../../../services/state/protocol.ts'

const write = (name: string, text: string): WriteRequest => ({ type: 'write', name, text })
const append = (name: string, text: string): WriteRequest => ({
  type: 'append',
  name,
  text,
  limitBytes: 1000,
})

/** Takes everything out, as a volume that works would. */
function drained(outbox: Outbox): readonly string[] {
  const texts: string[] = []
  for (let entry = outbox.first(); entry; entry = outbox.first()) {
    texts.push(`${entry.request.name}=${entry.request.text}`)
    outbox.settle(entry)
  }
  return texts
}

describe('createOutbox()', () => {
  test('keeps appended lines in order, and of the texts for one name only the last', async () => {
    const outbox = createOutbox()
    const all = [
      append('log', '1'),
      write('a', 'old'),
      append('log', '2'),
      write('b', 'x'),
      write('a', 'new'),
    ]
    const done = Promise.all(all.map((request) => outbox.add(request)))
    expect(drained(outbox)).toEqual(['log=1', 'log=2', 'b=x', 'a=new'])
    await done
  })

  test('does not replace a text that the child has been asked to write', () => {
    const outbox = createOutbox()
    void outbox.add(write('a', 'old'))
    const first = outbox.first()
    if (first) first.sent = Promise.resolve()
    void outbox.add(write('a', 'new'))
    expect(drained(outbox)).toEqual(['a=old', 'a=new'])
  })

  test('drops the oldest when too much waits, tells its caller, and never the one under way', async () => {
    const outbox = createOutbox()
    const first = outbox.add(append('log', 'first'))
    const entry = outbox.first()
    if (entry) entry.sent = Promise.resolve()
    const second = outbox.add(append('log', 'second'))
    for (let line = 2; line < 1001; line += 1) void outbox.add(append('log', String(line)))
    await expect(second).rejects.toMatchObject({ code: 'VOLUME_UNAVAILABLE' })
    expect(outbox.dropped).toBe(1)
    expect(drained(outbox).slice(0, 2)).toEqual(['log=first', 'log=2'])
    await expect(first).resolves.toBeUndefined()
  })

  test('bounds the text that it keeps to 4 MB', async () => {
    const outbox = createOutbox()
    const megabyte = 'x'.repeat(1 << 20)
    const first = outbox.add(append('log', megabyte))
    for (let more = 1; more < 5; more += 1) void outbox.add(append('log', megabyte))
    await expect(first).rejects.toThrow('the oldest writes are dropped')
    expect(outbox.size).toBe(4)
  })

  test('settles an entry once, whoever asks for it again', async () => {
    const outbox = createOutbox()
    const one = outbox.add(append('log', '1'))
    void outbox.add(append('log', '2'))
    const entry = outbox.first()
    if (entry) {
      outbox.settle(entry)
      outbox.settle(entry, new Error('late'))
    }
    await one
    expect(drained(outbox)).toEqual(['log=2'])
  })

  test('wakes whoever waits for a change', async () => {
    const outbox = createOutbox()
    const change = outbox.changed()
    void outbox.add(append('log', '1'))
    await expect(change).resolves.toBeUndefined()
  })
})
