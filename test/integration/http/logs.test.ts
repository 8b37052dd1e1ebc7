import { expect, test } from 'vitest'
import { ask, wire } from '../../fixtures/http/ask.ts'
import { readStream } from '../../fixtures/http/read-stream.ts'
import { useHttp } from '../../fixtures/http/use-http.ts'

test('/logs gives the last lines of all services, or of one', async () => {
  const { address, pod } = await useHttp()
  for (let count = 0; count < 150; count += 1) pod.logLine('trainer', `step ${count}`)
  pod.logLine('http', 'hello')
  const texts = async (path: string) => {
    const { lines } = (await ask(address, { path })).json()
    return lines.map(({ text }: { text: string }) => text)
  }
  expect(await texts('/logs')).toHaveLength(100)
  expect(await texts('/logs?lines=2')).toEqual(['step 149', 'hello'])
  expect(await texts('/logs/trainer?lines=2')).toEqual(['step 148', 'step 149'])
  expect(await texts('/logs/trainer?lines=1000&follow=0')).toHaveLength(150)
  expect(await texts('/logs?lines=0')).toEqual([])
})

test('/logs?follow=1 gives the last lines and every further one of that service', async () => {
  const { address, pod } = await useHttp()
  for (const text of ['one', 'two', 'three']) pod.logLine('trainer', text)
  const all = await readStream(address, '/logs?follow=1&lines=1')
  const trainer = await readStream(address, '/logs/trainer?follow=1&lines=2')
  pod.logLine('http', 'not of the trainer')
  pod.logLine('trainer', 'four')
  const texts = (stream: typeof all) => stream.events.map(({ event, data }) => [event, JSON.parse(data).text])
  await expect.poll(() => texts(trainer).map(([, text]) => text)).toEqual(['two', 'three', 'four'])
  await expect.poll(() => texts(all).map(([, text]) => text)).toEqual(['three', 'not of the trainer', 'four'])
  expect(texts(all).every(([event]) => event === 'line')).toBe(true)
})

test('/logs?follow=1 tells a slow reader how many lines it missed', async () => {
  const { address, pod } = await useHttp()
  const slow = wire(address, 'GET /logs?follow=1 HTTP/1.1\r\nhost: a\r\n\r\n')
  await expect.poll(() => slow.received()).toContain('retry')
  slow.socket.pause()
  for (let count = 0; count < 20_000; count += 1) {
    pod.logLine('trainer', 'x'.repeat(1000))
    if (count % 100 === 0) await new Promise(setImmediate)
  }
  slow.socket.resume()
  const shown = () => slow.received().match(/event: line/g)?.length ?? 0
  const skipped = () => [...slow.received().matchAll(/"lines":(\d+)/g)].map(([, digits]) => Number(digits))
  await expect.poll(() => skipped().reduce((sum, count) => sum + count, shown())).toBe(20_000)
  expect(skipped().length).toBeGreaterThan(0)
  slow.socket.destroy()
})
