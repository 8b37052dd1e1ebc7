import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningInference, runInference } from '../../fixtures/inference/run-inference.ts'
import { torchFile } from '../../fixtures/inference/torch-file.ts'

let folder = ''
let one: RunningInference

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podmate-metrics-'))
  const bundledModel = join(folder, 'model.pt')
  await writeFile(bundledModel, torchFile())
  one = await runInference({ bundledModel })
  await one.becomes('ready')
})
afterAll(async () => {
  await one.stop()
  await rm(folder, { recursive: true })
})

const get = (path: string) => fetch(new URL(path, one.url))

/** What a scrape says under `podmate_inference_`, by name with labels. */
async function scrape(): Promise<ReadonlyMap<string, number>> {
  const lines = (await (await get('/metrics')).text()).split('\n')
  const ours = lines.filter((line) => line.startsWith('podmate_inference_'))
  return new Map(
    ours.map((line) => [
      line.slice('podmate_inference_'.length, line.lastIndexOf(' ')),
      Number(line.split(' ').at(-1)),
    ]),
  )
}

test('/metrics counts games by how they ended, in /infer and in batches', async () => {
  await one.infer({ context: ['e2e4'] })
  await one.infer({ context: ['e2e5'] })
  await one.infer({ contxt: [] })
  await one.infer('{')
  const items = [{ context: [] }, { pgn: '1. e4 *' }, { context: ['a1a1'] }]
  await fetch(new URL('/infer/batch', one.url), { method: 'POST', body: JSON.stringify({ items }) })
  await fetch(new URL('/infer/batch', one.url), { method: 'POST', body: '[]' })
  const values = await scrape()
  expect(values.get('request_success')).toBe(3)
  expect(values.get('request_failure{reason="invalid"}')).toBe(5)
  for (const reason of ['rejected', 'cancelled', 'failed']) {
    expect(values.get(`request_failure{reason="${reason}"}`)).toBe(0)
  }
  expect(values.get('open_request_count')).toBe(0)
  expect(values.get('pending_request_count')).toBe(0)
  expect(values.get('host_restarts')).toBe(0)
  expect(values.get('count')).toBe(3)
  // The two of the batch run together, unless the host was free between them.
  expect([2, 3]).toContain(values.get('exec_count'))
  expect(values.get('batch_size_bucket{le="2"}')).toBe(values.get('exec_count'))
  expect(values.get('queue_duration_seconds_count')).toBe(3)
  expect(values.get('compute_infer_duration_us')).toBeGreaterThan(0)
  expect(values.get('generation')).toBe(1)
  expect(values.get('request_duration_seconds_count')).toBe(3)
  expect(values.get('request_duration_seconds_bucket{le="+Inf"}')).toBe(3)
  expect(values.get('request_duration_seconds_sum')).toBeGreaterThan(0)
})

test('/metrics counts a client that leaves as cancelled, not as failed', async () => {
  const before = (await scrape()).get('request_failure{reason="cancelled"}') ?? 0
  const left = new AbortController()
  const items = Array.from({ length: 256 }, () => ({
    context: Array.from({ length: 1000 }, (_n, ply) => ['g1f3', 'g8f6', 'f3g1', 'f6g8'][ply % 4]).slice(
      0,
      400,
    ),
  }))
  const gone = fetch(new URL('/infer/batch', one.url), {
    method: 'POST',
    body: JSON.stringify({ items }),
    signal: left.signal,
  }).catch(() => 'gone')
  await expect.poll(async () => (await scrape()).get('open_request_count')).toBeGreaterThan(0)
  left.abort()
  expect(await gone).toBe('gone')
  await expect.poll(async () => (await scrape()).get('open_request_count')).toBe(0)
  const values = await scrape()
  expect(values.get('request_failure{reason="cancelled"}')).toBeGreaterThan(before)
  expect(values.get('request_failure{reason="failed"}')).toBe(0)
})

test('/v2 answers the probes and the metadata of the Open Inference Protocol, and none counts as activity', async () => {
  const before = one.activities()
  const answers = [
    ['/v2', { name: 'podmate' }],
    ['/v2/health/live', { live: true }],
    ['/v2/health/ready', { ready: true }],
    ['/v2/models/podmate/ready', { ready: true }],
    [
      '/v2/models/podmate',
      {
        name: 'podmate',
        versions: ['1'],
        inputs: expect.arrayContaining([{ name: 'tokens', datatype: 'INT64', shape: [-1, -1] }]),
        outputs: [{ name: 'scores', datatype: 'FP32', shape: [-1, 10] }],
      },
    ],
  ] as const
  for (const [path, expected] of answers) {
    const response = await get(path)
    expect([path, response.status]).toEqual([path, 200])
    expect(await response.json()).toMatchObject(expected)
  }
  const missing = await get('/v2/models/other')
  expect([missing.status, await missing.json()]).toEqual([
    404,
    expect.objectContaining({ detail: expect.stringContaining('The one model is named podmate') }),
  ])
  expect(one.activities()).toBe(before)
})

test('/metrics counts what a host that died left unanswered as failed, and the host in its place', async () => {
  const pid = Number(one.status()?.pid)
  const value = async (name: string) => (await scrape()).get(name) ?? 0
  process.kill(pid, 'SIGSTOP')
  const asked = [one.infer({ context: [] }), one.infer({ context: ['e2e4'] })]
  await expect.poll(() => value('open_request_count')).toBe(2)
  process.kill(pid, 'SIGKILL')
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([503, 503])
  expect(await value('request_failure{reason="failed"}')).toBe(2)
  await expect.poll(() => value('host_restarts'), { timeout: 60_000 }).toBe(1)
  await expect.poll(async () => (await one.infer({ context: [] })).status, { timeout: 60_000 }).toBe(200)
})
