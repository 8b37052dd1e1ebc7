import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { figures } from '../../fixtures/boot/figures.ts'
import { expectNothingLeft } from '../../fixtures/boot/nothing-is-left.ts'
import { repository, startPodmate, startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { ask } from '../../fixtures/http/ask.ts'
import { readStream } from '../../fixtures/http/read-stream.ts'
import { limitMs } from '../../fixtures/limit.ts'

const fixture = (name: string) => join(repository, 'test/fixtures/boot', name)
const budgetSeconds = 4

interface Report {
  readonly reason: string
  readonly ms: number
  readonly services: Readonly<Record<string, { readonly killed: boolean; readonly [field: string]: unknown }>>
}

describe('the shutdown of podmate', () => {
  test('goes intake, work, tools, access within its budget, although the trainer ignores TERM', async () => {
    const pod = startPodmate({
      TRAIN_COMMAND: `exec sh ${fixture('stubborn.sh')}`,
      SHUTDOWN_BUDGET_SECONDS: String(budgetSeconds),
    })
    const [url, socket] = await Promise.all([pod.url(), pod.socket(), pod.line('armed')])
    await pod.line(/"inference".*"msg":"ready"/)
    const stream = await readStream(socket, '/events')
    const family = pod.family()
    const askedMs = performance.now()
    pod.signal('SIGTERM')
    await pod.line('asked')
    await expectRefusals(url)
    expect(await pod.state('trainer')).toBe('stopping')
    const end = await pod.ended
    expect(end).toMatchObject({ code: 0, signal: null })
    await expectNothingLeft({ family, socket, url })

    // The stream ends with http; the log goes on to the end.
    const streamed = stream.events
      .filter(({ event }) => event === 'event')
      .map(({ data }) => JSON.parse(data))
    expect(tiersOf(streamed)).toEqual(['tier-stopping intake', 'tier-stopped intake', 'tier-stopping work'])
    expect(streamed.map(({ ms = 0 }) => ms)).toEqual(streamed.map(({ ms = 0 }) => ms).sort((a, b) => a - b))
    expect(turns(pod.messages())).toEqual([
      'stopping tier intake: inference',
      'tier intake has ended',
      'stopping tier work: trainer, autostop',
      'tier work has ended',
      'stopping tier save: jobs',
      'tier save has ended',
      'stopping tier tools: http, telemetry',
      'tier tools has ended',
      'podmate stopped',
    ])
    const said = pod.records().map(({ service, msg }) => `${service}: ${msg}`)
    const tools = said.findIndex((text) => text.startsWith('podmate: tier tools has ended'))
    expect(said.indexOf('state: stopping: podmate is stopping')).toBeGreaterThan(tools)

    const report = JSON.parse(pod.kept('last-shutdown.json')) as Report
    expectWholeReport(report)
    const tookMs = end.atMs - askedMs
    figures('shutdown with a trainer that ignores TERM', {
      'budget, s': budgetSeconds,
      'report, ms': report.ms,
      'to the end, ms': Math.round(tookMs),
    })
    expect(report.ms).toBeGreaterThan(1000)
    expect(report.ms).toBeLessThanOrEqual(budgetSeconds * 1000)
    expect(tookMs).toBeLessThan(limitMs(budgetSeconds * 1000 + 1500))
  })

  // The shell dies of the TERM at once; what it runs is what has something to save.
  test('gives the program behind the shell of TRAIN_COMMAND its whole time', async () => {
    const pod = startWithoutModel({ TRAIN_COMMAND: `sh ${fixture('slow-to-stop.sh')}; true` })
    await pod.line('armed')
    await pod.stop()
    const said = pod.messages('trainer')
    expect(said.filter((text) => text === 'asked')).toHaveLength(1)
    expect(said).toContain('saved')
  })
})

async function expectRefusals(url: string): Promise<void> {
  const body = JSON.stringify({ context: [] })
  const [ready, infer] = await Promise.all([
    ask(url, { path: '/readyz' }),
    ask(url, { method: 'POST', path: '/infer', body }),
  ])
  expect(ready.status).toBe(503)
  expect(ready.json().failing).toEqual([{ service: 'podmate', state: 'stopping', reason: 'SIGTERM' }])
  expect(infer.status).toBe(503)
  expect(Number(infer.headers['retry-after'])).toBeGreaterThan(0)
}

function tiersOf(events: readonly { type?: string; tier?: string }[]): readonly string[] {
  return events.filter(({ type }) => type?.startsWith('tier-')).map(({ type, tier }) => `${type} ${tier}`)
}

/** What the log says of tiers and the end, without how long each took. */
function turns(messages: readonly string[]): readonly string[] {
  return messages
    .filter((text) => /^(stopping tier|tier|podmate stopped)/.test(text))
    .map((text) => text.replace(/ after \d+ ms$/, ''))
}

function expectWholeReport({ reason, services }: Report): void {
  expect(reason).toBe('SIGTERM')
  expect(Object.keys(services)).toEqual(
    expect.arrayContaining(['healthchecks', 'http', 'inference', 'state', 'trainer']),
  )
  expect(services.trainer).toMatchObject({ state: 'stopped', signal: 'SIGKILL', killed: true, left: [] })
  expect(services.trainer?.ms).toBeGreaterThan(1000)
  expect(services.inference).toMatchObject({ state: 'stopped', killed: false, left: [] })
  expect(services.http).toMatchObject({ state: 'stopped', killed: false, left: [] })
  expect(services.healthchecks).toMatchObject({ state: 'disabled', ms: null })
}
