import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { stillAlive } from '../../fixtures/boot/family.ts'
import { figures } from '../../fixtures/boot/figures.ts'
import { parseRecord } from '../../fixtures/boot/log-record.ts'
import { type Podmate, repository, startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { rssMb } from '../../fixtures/boot/rss.ts'
import { ask } from '../../fixtures/http/ask.ts'
import { limitMs } from '../../fixtures/limit.ts'

const run = (name: string, ...args: readonly string[]) =>
  ['exec', process.execPath, join(repository, 'test/fixtures/boot', name), ...args].join(' ')

describe('the log of podmate', () => {
  test('is in the log file from the first line to the last', async () => {
    const pod = startWithoutModel()
    await pod.line(/"http".*"msg":"ready"/)
    await pod.stop()
    expect(linesOfFile(pod)).toEqual(pod.out)
    const texts = pod.messages()
    expect(texts[0]).toMatch(/^podmate .* started/)
    expect(texts.at(-1)).toMatch(/^podmate stopped after/)
  })

  test('is one JSON object a line with LOG_FORMAT=json, whatever the trainer writes', async () => {
    const pod = startWithoutModel({ LOG_FORMAT: 'json', TRAIN_COMMAND: run('awkward-lines.mjs') })
    await pod.line('the last of them')
    await pod.stop()
    const texts = pod.messages('trainer')
    expect(texts).toContain('{"half": "a line"}')
    expect(texts).toContain('epoch 1: 100 %')
    expect(texts).toContain('f\ufffd\ufffd\ufffd')
    expect(texts.find((text) => text.startsWith('xxx'))).toMatch(/^x{16384} \[cut: \d+ bytes more\]$/)
    expect(linesOfFile(pod)).toEqual(pod.out)
  })

  test('holds up nothing when nobody reads stdout: /healthz answers, and TERM ends the pod in time', async () => {
    const pod = startWithoutModel({
      LOG_FORMAT: 'json',
      TRAIN_COMMAND: `sleep 1; ${run('flood.mjs', '1000000')}`,
    })
    const [url] = await Promise.all([pod.url(), pod.socket()])
    pod.process.stdout?.pause()
    // Told once a second: by the third time far more has been written than a pipe holds.
    const told = new Set<number>()
    await expect
      .poll(async () => told.add((await pod.service('trainer'))?.suppressedLines ?? 0).size, {
        timeout: 60_000,
      })
      .toBeGreaterThan(3)
    expect((await ask(url, { path: '/healthz' })).status).toBe(200)
    const family = pod.family()
    const askedMs = performance.now()
    const end = await pod.stop()
    expect(end).toMatchObject({ code: 0, signal: null })
    expect(end.atMs - askedMs).toBeLessThan(limitMs(8000))
    expect(stillAlive(family)).toEqual([])
    // Else somebody would have read it.
    expect(pod.out.at(-1)).not.toContain('podmate stopped')
  })

  test('goes on in the log file when the reader of stdout has gone', async () => {
    const pod = startWithoutModel({ TRAIN_COMMAND: 'while :; do echo a line; sleep 0.1; done' })
    await pod.line('a line')
    pod.process.stdout?.destroy()
    const before = linesOfFile(pod).length
    await expect.poll(() => linesOfFile(pod).length).toBeGreaterThan(before + 3)
    expect(await pod.stop()).toMatchObject({ code: 0, signal: null })
    expect(linesOfFile(pod).at(-1)).toContain('podmate stopped after')
  })
})

describe('podmate under a flood of output', () => {
  test('passes on the lines of others within a second, answers /healthz, and keeps its memory', async () => {
    const pod = startWithoutModel({
      INFERENCE_API_VERBOSE: '1',
      TRAIN_COMMAND: `sleep 1; ${run('flood.mjs', '2000', '100')}`,
    })
    const url = await pod.url()
    await pod.line(/"trainer".*"msg":"ready"/)
    const quietMb = rssMb(pod.pid)
    await pod.line('flood begins')
    const seen = await watchFlood(pod, url)
    const megabytes = Number(/(\d+) MB/.exec(await pod.line('flood over'))?.[1])
    await pod.line(/suppressed \d+ lines/)
    await pod.stop()
    const grewMb = Math.round(seen.mostMb - quietMb)
    figures('flood', {
      'MB a second': Math.round(megabytes / 2),
      'slowest /healthz, ms': Math.round(seen.slowestAnswerMs),
      'slowest line of another, ms': Math.round(seen.slowestLineMs),
      'RSS grew, MB': grewMb,
    })
    expect(megabytes).toBeGreaterThan(150)
    expect(seen.slowestAnswerMs).toBeLessThan(limitMs(1000))
    expect(seen.slowestLineMs).toBeLessThan(limitMs(1000))
    expect(grewMb).toBeLessThan(60)
  })
})

/** A request that changes nothing (the service is disabled), but that http writes a line about. */
const loggedRequest = '/services/healthchecks/start'

/** Asks all the time while the flood lasts, and looks for the line that http writes about each request. */
async function watchFlood(pod: Podmate, url: string) {
  const seen = { slowestAnswerMs: 0, slowestLineMs: 0, mostMb: 0 }
  const untilMs = performance.now() + 2000
  for (let count = 1; performance.now() < untilMs; count += 1) {
    const startMs = performance.now()
    expect((await ask(url, { path: '/healthz' })).status).toBe(200)
    seen.slowestAnswerMs = Math.max(seen.slowestAnswerMs, performance.now() - startMs)
    const lineMs = performance.now()
    await pod.ask({ method: 'POST', path: loggedRequest })
    await expect.poll(() => requestLines(pod), { interval: 5, timeout: 60_000 }).toBe(count)
    seen.slowestLineMs = Math.max(seen.slowestLineMs, performance.now() - lineMs)
    seen.mostMb = Math.max(seen.mostMb, rssMb(pod.pid))
    await pause(20) // leave the cores to the flood
  }
  return seen
}

function requestLines(pod: Podmate): number {
  return pod.out.filter((line) => line.includes('"service":"http"') && line.includes(loggedRequest)).length
}

function linesOfFile(pod: Podmate): readonly string[] {
  const folder = join(pod.folder, 'log')
  const lines = readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'),
  )
  for (const line of lines) parseRecord(line)
  return lines
}
