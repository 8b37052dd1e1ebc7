import { describe, expect, test } from 'vitest'
import { RequestQueue } from '../../../services/inference/hosts/request-queue.ts'
import type { Row } from '../../../services/inference/model-host/protocol.ts'

const here = new AbortController().signal
const row: Row = { kind: 'tokens', tokens: [1], winner: 0, phase: 1, side: 0 }
const output = { scores: Float32Array.of(1) }

describe('RequestQueue', () => {
  test('gives what waits, oldest first, once, and tells when something waits', async () => {
    const queue = new RequestQueue({ waiting: 10, timeoutMs: 5000 })
    let told = 0
    queue.onWaiting(() => {
      told += 1
    })
    const rows = [1, 2, 3].map((token): Row => ({ ...row, tokens: [token] }))
    const asked = rows.map((one) => queue.ask(one, here))
    expect([told, queue.waiting]).toEqual([3, 3])
    const taken = queue.take()
    expect(taken.map((question) => question.row)).toEqual(rows)
    expect([queue.take(), queue.waiting]).toEqual([[], 0])
    for (const question of taken) question.resolve(output)
    expect(await Promise.all(asked)).toEqual([output, output, output])
  })

  test('refuses what would wait behind its limit', async () => {
    const queue = new RequestQueue({ waiting: 1, timeoutMs: 5000 })
    const first = queue.ask(row, here)
    const [running] = queue.take() // it waits no more
    const second = queue.ask(row, here)
    await expect(queue.ask(row, here)).rejects.toThrow('1 requests are waiting already')
    running?.resolve(output)
    queue.take()[0]?.resolve(output)
    expect(await Promise.all([first, second])).toEqual([output, output])
  })

  test('answers late for what waits or runs too long, and never gives it to a host', async () => {
    const queue = new RequestQueue({ waiting: 10, timeoutMs: 20 })
    const first = queue.ask(row, here)
    queue.take()
    const second = queue.ask(row, here)
    await expect(first).rejects.toThrow('no answer within 0.02 s')
    await expect(second).rejects.toThrow('no answer within 0.02 s')
    expect([queue.take(), queue.waiting]).toEqual([[], 0])
  })

  test('drops what a client left, before or after it was asked', async () => {
    const queue = new RequestQueue({ waiting: 10, timeoutMs: 5000 })
    const client = new AbortController()
    const waiting = queue.ask(row, client.signal)
    client.abort()
    await expect(waiting).rejects.toThrow('the client left')
    await expect(queue.ask(row, client.signal)).rejects.toThrow('the client left')
    expect(queue.take()).toEqual([])
  })

  test('gives what was put back before what came later, without what is settled', async () => {
    const queue = new RequestQueue({ waiting: 10, timeoutMs: 5000 })
    const asked = [queue.ask(row, here), queue.ask(row, here)]
    const taken = queue.take()
    asked.push(queue.ask(row, here))
    taken[0]?.resolve(output)
    queue.putBack(taken)
    const again = queue.take()
    expect(again[0]).toBe(taken[1])
    expect(again).toHaveLength(2)
    for (const question of again) question.resolve(output)
    await Promise.all(asked)
  })

  test('rejects what waits, and whatever is asked later, once it is closed', async () => {
    const queue = new RequestQueue({ waiting: 10, timeoutMs: 5000 })
    const asked = queue.ask(row, here)
    queue.close(new Error('the host ended'))
    await expect(asked).rejects.toThrow('the host ended')
    await expect(queue.ask(row, here)).rejects.toThrow('the host ended')
  })

  test('is drained only when nothing runs or waits any more', async () => {
    const queue = new RequestQueue({ waiting: 10, timeoutMs: 5000 })
    let drained = false
    const asked = queue.ask(row, here)
    const [running] = queue.take()
    const over = queue.drained().then(() => {
      drained = true
    })
    await Promise.resolve()
    expect(drained).toBe(false)
    running?.resolve(output)
    await Promise.all([asked, over])
    expect(drained).toBe(true)
  })
})
