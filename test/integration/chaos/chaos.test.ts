import { expect, test } from 'vitest'
import { familyOf, stillAlive } from '../../fixtures/boot/family.ts'
import { figures } from '../../fixtures/boot/figures.ts'
import { chaosPod } from '../../fixtures/chaos/chaos-pod.ts'
import { freePort, isFree } from '../../fixtures/chaos/free-port.ts'
import { type Harm, harm } from '../../fixtures/chaos/harm.ts'
import { pollHealth } from '../../fixtures/chaos/poll-health.ts'
import { random } from '../../fixtures/chaos/random.ts'
import { ask } from '../../fixtures/http/ask.ts'

const events = Number(process.env.CHAOS_EVENTS ?? 40)
const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000)
const declared = { state: 'ready', inference: 'ready', http: 'ready', holder: 'ready', writer: 'ready' }

test(`newPod() brings every service back through ${events} kills, stops and TERMs (CHAOS_SEED=${seed})`, {
  timeout: 60_000 + 1000 * events,
}, async () => {
  const port = await freePort()
  const pod = chaosPod(port)
  const states = () => Object.values(pod.pod.status().services).map(({ name, state }) => [name, state])
  const allReady = () =>
    expect.poll(() => Object.fromEntries(states()), { timeout: 60_000 }).toEqual(declared)
  await allReady()
  const url = await pod.url
  const over = new AbortController()
  const polls = pollHealth(url, over.signal)

  const done = await harm(events, random(seed))
  const harmedMs = performance.now()
  await allReady()
  const recoveredMs = performance.now() - harmedMs
  const infer = await ask(url, { method: 'POST', path: '/infer', body: '{"context":["e2e4","e7e5"]}' })
  over.abort()
  const { asked, failures, medianMs, slowestMs } = await polls
  const family = familyOf(process.pid)
  await pod.end()

  figures('chaos', {
    seed,
    events: done.length,
    ...counted(done),
    restarts: pod.events.filter(({ type }) => type === 'starting').length - 5,
    'crash loops': pod.events.filter(({ type }) => type === 'crashloop').length,
    'all back after, ms': Math.round(recoveredMs),
    '/healthz asked': asked,
    failed: failures.length,
    'median, ms': medianMs.toFixed(1),
    'slowest, ms': slowestMs.toFixed(0),
  })
  expect(failures).toEqual([])
  expect(infer.status).toBe(200)
  expect(stillAlive(family)).toEqual([])
  expect(await isFree(port), `port ${port} is still bound`).toBe(true)
  expect(await isFree(Number(new URL(url).port)), `${url} is still bound`).toBe(true)
})

function counted(done: readonly Harm[]): Record<string, number> {
  const kinds = Object.groupBy(done, ({ what }) => what)
  return Object.fromEntries(Object.entries(kinds).map(([what, list]) => [what, list.length]))
}
