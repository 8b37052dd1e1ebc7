import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { HostPool } from '../../../services/inference/hosts/host-pool.ts'
import { RequestQueue } from '../../../services/inference/hosts/request-queue.ts'
import type { BatchFacts } from '../../../services/inference/metrics/inference-observer.ts'
import { rowOf, scriptedHost } from '../../fixtures/inference/scripted-host.ts'

const here = new AbortController().signal

function poolOf(hosts: readonly ReturnType<typeof scriptedHost>[], timeoutMs = 5000) {
  const queue = new RequestQueue({ waiting: 100, timeoutMs })
  const batches: BatchFacts[] = []
  const pool = new HostPool(queue, { onBatch: (facts) => void batches.push(facts) })
  for (const { host } of hosts) pool.add(host)
  const ask = async (token: number, left = here) => {
    const { scores } = await queue.ask(rowOf(token), left)
    return scores[0]
  }
  return { pool, queue, batches, ask }
}

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_none, index) => from + index)

describe('HostPool batches (65)', () => {
  test('without delay: what comes together goes together, what comes during a run goes with the next', async () => {
    const one = scriptedHost()
    const { ask, batches } = poolOf([one])
    const first = [ask(1), ask(2)]
    await setImmediate()
    const later = [ask(3), ask(4), ask(5)]
    await setImmediate()
    expect(one.asked()).toEqual([[1, 2]])
    one.answer()
    expect(await Promise.all(first)).toEqual([1, 2])
    expect(one.asked()).toEqual([
      [1, 2],
      [3, 4, 5],
    ])
    one.answer()
    expect(await Promise.all(later)).toEqual([3, 4, 5])
    expect(batches.map(({ size, computeMs }) => [size, computeMs])).toEqual([
      [2, 7],
      [3, 7],
    ])
    expect(batches[1]?.queueMs).toHaveLength(3)
  })

  test('at most 16 at a time', async () => {
    const one = scriptedHost()
    const { ask, queue } = poolOf([one])
    const asked = numbers(20).map((token) => ask(token))
    await setImmediate()
    expect([one.asked(), queue.waiting]).toEqual([[numbers(16)], 4])
    one.answer()
    await Promise.all(asked.slice(0, 16))
    one.answer()
    expect(await Promise.all(asked)).toEqual(numbers(20))
  })

  test('never what is late or was left', async () => {
    const one = scriptedHost()
    const { ask } = poolOf([one], 30)
    const client = new AbortController()
    const running = ask(1)
    await setImmediate()
    const [late, left] = [ask(2), ask(3, client.signal)]
    client.abort()
    const reasons = (await Promise.allSettled([running, late, left])).map(
      (one) => 'reason' in one && one.reason,
    )
    expect(reasons.map(({ message }) => message)).toEqual([
      'no answer within 0.03 s',
      'no answer within 0.03 s',
      'the client left',
    ])
    one.answer()
    const asked = ask(4)
    await setImmediate()
    expect(one.asked()).toEqual([[1], [4]])
    one.answer()
    expect(await asked).toBe(4)
  })

  test('asks the rows of a batch that failed one by one, so that one of them fails alone', async () => {
    const one = scriptedHost()
    const { ask } = poolOf([one])
    const asked = [ask(1), ask(2)]
    await setImmediate()
    one.fail('not finite')
    await expect.poll(() => one.asked()).toEqual([[1, 2], [1]])
    one.fail('not finite')
    await expect(asked[0]).rejects.toThrow('not finite')
    await expect.poll(() => one.asked()).toEqual([[1, 2], [1], [2]])
    one.answer()
    expect(await asked[1]).toBe(2)
  })
})

describe('HostPool over several hosts (67)', () => {
  test('gives each batch to a host that is free', async () => {
    const [one, two] = [scriptedHost(), scriptedHost()]
    const { ask } = poolOf([one, two])
    const asked = numbers(40).map((token) => ask(token))
    await setImmediate()
    expect([one.asked(), two.asked()]).toEqual([[numbers(16)], [numbers(16, 16)]])
    two.answer()
    await Promise.all(asked.slice(16, 32))
    expect(two.asked().at(-1)).toEqual(numbers(8, 32))
    one.answer()
    two.answer()
    expect(await Promise.all(asked)).toEqual(numbers(40))
  })

  test('asks a host that lives what another one died of, once', async () => {
    const hosts = [scriptedHost(), scriptedHost(), scriptedHost()]
    const [one, two, three] = hosts
    const { ask, pool } = poolOf(hosts)
    const asked = ask(1)
    await setImmediate()
    one?.die()
    await expect.poll(() => two?.asked()).toEqual([[1]])
    two?.die()
    await expect(asked).rejects.toThrow('signal SIGKILL')
    expect(three?.asked()).toEqual([])
    const next = ask(2)
    await expect.poll(() => three?.asked()).toEqual([[2]])
    three?.answer()
    expect(await next).toBe(2)
    three?.die()
    expect((await pool.ended).signal).toBe('SIGKILL')
  })

  test('rejects what runs and what waits when its last host dies', async () => {
    const one = scriptedHost()
    const { ask, pool } = poolOf([one])
    const running = ask(1)
    await setImmediate()
    const waiting = ask(2)
    one.die()
    await expect(running).rejects.toThrow('signal SIGKILL')
    await expect(waiting).rejects.toThrow('signal SIGKILL')
    expect((await pool.ended).reason).toBe('signal SIGKILL')
    await expect(ask(3)).rejects.toThrow('signal SIGKILL')
  })
})
