import { expect, test } from 'vitest'
import { ask, wire } from '../../fixtures/http/ask.ts'
import { fakePod } from '../../fixtures/http/fake-pod.ts'
import { readStream } from '../../fixtures/http/read-stream.ts'
import { useHttp } from '../../fixtures/http/use-http.ts'

const warn = (text: string) => ({ type: 'pod-warning', text }) as const

test('/events begins with the status and goes on with every event, numbered without gaps', async () => {
  const { address, pod } = await useHttp()
  const { seq, startedAt } = pod.status()
  const stream = await readStream(address, '/events')
  await expect.poll(() => stream.events).toHaveLength(1)
  expect(stream.response.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  })
  const [snapshot] = stream.events
  expect(snapshot).toMatchObject({ event: 'snapshot', id: `${seq}@${startedAt}` })
  expect(JSON.parse(snapshot?.data ?? '')).toEqual(pod.status())
  for (let count = 0; count < 50; count += 1) pod.emit(warn(`number ${count}`))
  await expect.poll(() => stream.events).toHaveLength(51)
  const numbers = stream.events.slice(1).map(({ event, id, data }) => [event, id, JSON.parse(data).seq])
  expect(numbers).toEqual(
    Array.from({ length: 50 }, (_, index) => ['event', `${seq + 1 + index}@${startedAt}`, seq + 1 + index]),
  )
})

test.each(['header', 'query'] as const)(
  '/events resumes after the last id by %s with what was missed',
  async (by) => {
    const { address, pod } = await useHttp()
    const first = await readStream(address, '/events')
    await expect.poll(() => first.events).toHaveLength(1)
    const id = first.events[0]?.id ?? ''
    first.close()
    await first.ended
    pod.emit(warn('missed'))
    const path = by === 'query' ? `/events?after=${encodeURIComponent(id)}` : '/events'
    const second = await readStream(address, path, by === 'header' ? { 'last-event-id': id } : {})
    pod.emit(warn('live'))
    await expect.poll(() => second.events).toHaveLength(2)
    expect(second.events.map(({ event, data }) => [event, JSON.parse(data).text])).toEqual([
      ['event', 'missed'],
      ['event', 'live'],
    ])
  },
)

test('/events sends a new snapshot when the events are no longer kept, or are of another run', async () => {
  const pod = fakePod(['http'], 10)
  const { address } = await useHttp({}, pod)
  const { seq, startedAt } = pod.status()
  for (let count = 0; count < 50; count += 1) pod.emit(warn(`number ${count}`))
  for (const after of ['1', `1@${startedAt}`, '999999', `${seq + 49}@1`]) {
    const stream = await readStream(address, `/events?after=${encodeURIComponent(after)}`)
    await expect.poll(() => stream.events).toHaveLength(1)
    expect([after, stream.events[0]?.event]).toEqual([after, 'snapshot'])
    stream.close()
  }
})

test('/events refuses an id that is none', async () => {
  const { address } = await useHttp()
  const answer = await ask(address, { path: '/events?after=x' })
  expect(answer.status).toBe(422)
  expect(answer.json().detail).toContain('"after" must be the id of an event')
})

test('/events keeps the connection alive with comments, and says goodbye when the pod goes down', async () => {
  const { address, stop } = await useHttp({ timings: { heartbeatMs: 20 } })
  const stream = await readStream(address, '/events')
  await expect.poll(() => stream.comments.length).toBeGreaterThan(2)
  void stop()
  await stream.ended
  expect(stream.events.at(-1)).toMatchObject({ event: 'end', data: '{"reason":"podmate is going down"}' })
})

test('/events takes a slow reader on from where it is, and buffers nothing for it', async () => {
  const pod = fakePod(['http'], 100_000)
  const { address } = await useHttp({}, pod)
  const slow = wire(address, 'GET /events HTTP/1.1\r\nhost: a\r\n\r\n')
  await expect.poll(() => slow.received()).toContain('snapshot')
  slow.socket.pause()
  const before = process.memoryUsage().external + process.memoryUsage().arrayBuffers
  const text = 'x'.repeat(1000)
  for (let count = 0; count < 20_000; count += 1) {
    pod.emit(warn(text))
    if (count % 100 === 0) await new Promise(setImmediate)
  }
  const after = process.memoryUsage().external + process.memoryUsage().arrayBuffers
  expect(after - before).toBeLessThan(8_000_000)
  const { seq } = pod.status()
  slow.socket.resume()
  await expect.poll(() => slow.received().includes(`"seq":${seq},`), { timeout: 60_000 }).toBe(true)
  const numbers = [...slow.received().matchAll(/^id: (\d+)@/gm)].map(([, digits]) => Number(digits))
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index))
  slow.socket.destroy()
})

test('/events gives a reader that fell too far behind the status anew', async () => {
  const pod = fakePod(['http'], 100)
  const { address } = await useHttp({}, pod)
  const slow = wire(address, 'GET /events HTTP/1.1\r\nhost: a\r\n\r\n')
  await expect.poll(() => slow.received()).toContain('snapshot')
  slow.socket.pause()
  for (let count = 0; count < 20_000; count += 1) {
    pod.emit(warn('x'.repeat(1000)))
    if (count % 50 === 0) await new Promise(setImmediate)
  }
  slow.socket.resume()
  await expect
    .poll(() => slow.received().match(/event: snapshot/g)?.length, { timeout: 60_000 })
    .toBeGreaterThan(1)
  slow.socket.destroy()
})

test('/events drops a reader that takes nothing for too long', async () => {
  const pod = fakePod(['http'], 30_000)
  const { address } = await useHttp({ timings: { stallMs: 200 } }, pod)
  const stuck = wire(address, 'GET /events HTTP/1.1\r\nhost: a\r\n\r\n')
  await expect.poll(() => stuck.received()).toContain('snapshot')
  stuck.socket.pause()
  for (let count = 0; count < 25_000; count += 1) {
    pod.emit(warn('x'.repeat(1000)))
    if (count % 100 === 0) await new Promise(setImmediate)
  }
  const beforeDrop = pod.listeners()
  await expect.poll(() => pod.listeners()).toBeLessThan(beforeDrop)
  stuck.socket.destroy()
})

test('/events serves no more than a hundred streams at once', async () => {
  const { address } = await useHttp()
  const streams = await Promise.all(Array.from({ length: 100 }, () => readStream(address, '/events')))
  const refused = await ask(address, { path: '/events' })
  expect([refused.status, refused.headers['retry-after']]).toEqual([503, '15'])
  streams[0]?.close()
  await expect.poll(async () => (await readStream(address, '/events')).response.statusCode).toBe(200)
})
