import { describe, expect, test } from 'vitest'
import { RequestQueue } from '../../../services/inference/request-queue.ts'

const here = new AbortController().signal

/** Work that lasts until it is let go. */
function held() {
  const gate = Promise.withResolvers<string>()
  return { work: () => gate.promise, finish: () => gate.resolve('done') }
}

describe('RequestQueue', () => {
  test('asks one at a time, in order', async () => {
    const queue = new RequestQueue({ waiting: 10, timeoutMs: 5000 })
    const order: string[] = []
    const asked = ['a', 'b', 'c'].map((name) =>
      queue.ask(async () => {
        order.push(`${name} begins`)
        await Promise.resolve()
        order.push(`${name} ends`)
        return name
      }, here),
    )
    expect(await Promise.all(asked)).toEqual(['a', 'b', 'c'])
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  })

  test('refuses what would wait behind its limit', async () => {
    const queue = new RequestQueue({ waiting: 1, timeoutMs: 5000 })
    const { work, finish } = held()
    const first = queue.ask(work, here)
    await Promise.resolve() // the first has begun and waits no more
    const second = queue.ask(async () => 'second', here)
    await expect(queue.ask(async () => 'third', here)).rejects.toThrow('1 requests are waiting already')
    finish()
    expect(await Promise.all([first, second])).toEqual(['done', 'second'])
  })

  test('answers late for what waits too long, and never asks it', async () => {
    const queue = new RequestQueue({ waiting: 10, timeoutMs: 20 })
    const { work, finish } = held()
    let asked = false
    const first = queue.ask(work, here)
    const second = queue.ask(async () => {
      asked = true
    }, here)
    await expect(first).rejects.toThrow('no answer within 0.02 s')
    await expect(second).rejects.toThrow('no answer within 0.02 s')
    finish()
    await queue.drained()
    expect(asked).toBe(false)
  })

  test('never asks for a client that has left', async () => {
    const queue = new RequestQueue({ waiting: 10, timeoutMs: 5000 })
    const { work, finish } = held()
    const client = new AbortController()
    let asked = false
    const first = queue.ask(work, here)
    const second = queue.ask(async () => {
      asked = true
    }, client.signal)
    client.abort()
    await expect(second).rejects.toThrow('the client left')
    finish()
    await first
    await queue.drained()
    expect(asked).toBe(false)
  })

  test('goes on after work that failed, and passes its error on', async () => {
    const queue = new RequestQueue({ waiting: 10, timeoutMs: 5000 })
    await expect(queue.ask(() => Promise.reject(new Error('boom')), here)).rejects.toThrow('boom')
    expect(await queue.ask(async () => 'fine', here)).toBe('fine')
  })

  test('is drained only when nothing runs or waits any more', async () => {
    const queue = new RequestQueue({ waiting: 10, timeoutMs: 5000 })
    const { work, finish } = held()
    let drained = false
    const asked = queue.ask(work, here)
    const over = queue.drained().then(() => {
      drained = true
    })
    await Promise.resolve()
    expect(drained).toBe(false)
    finish()
    await Promise.all([asked, over])
    expect(drained).toBe(true)
  })
})
