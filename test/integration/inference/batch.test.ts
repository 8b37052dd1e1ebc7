import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openapiProblems } from '../../fixtures/http/openapi-problems.ts'
import { type RunningInference, runInference } from '../../fixtures/inference/run-inference.ts'
import { torchFile } from '../../fixtures/inference/torch-file.ts'
import { limitMs } from '../../fixtures/limit.ts'

let folder = ''
let one: RunningInference

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podmate-batch-'))
  const bundledModel = join(folder, 'model.pt')
  await writeFile(bundledModel, torchFile())
  one = await runInference({ bundledModel })
  await one.becomes('ready')
})
afterAll(async () => {
  await one.stop()
  await rm(folder, { recursive: true })
})

interface Answer {
  readonly status?: number
  readonly detail?: string
  readonly best_legal?: string
  readonly generation?: number
}

async function batch(
  body: unknown,
): Promise<{ status: number; detail?: string; answers: readonly Answer[] }> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(new URL('/infer/batch', one.url), { method: 'POST', body: text })
  const answer: { detail?: string; answers?: readonly Answer[] } = Object(await response.json())
  return { answers: [], ...answer, status: response.status }
}

describe('POST /infer/batch', () => {
  test('answers every item in order, as /infer answers it alone', async () => {
    const items = [
      { context: ['e2e4'] },
      { pgn: '1. d4 d5 *', topk: 1 },
      { context: [], winner_side: 'B' },
      { context: ['f2f3', 'e7e5', 'g2g4', 'd8h4'] },
    ]
    const { status, answers } = await batch({ items })
    expect(status).toBe(200)
    const alone = await Promise.all(items.map(async (item) => (await one.infer(item)).json()))
    const untimed = (answer: unknown) => ({ ...Object(answer), latency_ms: 0 })
    expect(answers.map(untimed)).toEqual(alone.map(untimed))
  })

  test('tells what is wrong with an item in its place, and answers the others', async () => {
    const { status, answers } = await batch({
      items: [
        { context: ['e2e4'] },
        { context: ['e2e5'] },
        { contxt: [] },
        7,
        { context: [], pgn: '*' },
        { fen: '4k3/8/8/8/8/8/4P3/4K3 w - - 0 1' },
        { pgn: '1. e4 e5 *' },
      ],
    })
    expect(status).toBe(200)
    expect(answers.map((answer) => answer.status)).toEqual([undefined, 400, 422, 422, 422, 400, undefined])
    expect(answers.map((answer) => answer.detail ?? '')).toEqual([
      '',
      expect.stringContaining('Illegal move e2e5 at ply 1'),
      expect.stringContaining('unknown field "contxt" in item 2: did you mean "context"?'),
      expect.stringContaining('item 3 must be an object'),
      expect.stringContaining('item 4 must be an object with "context", "fen"'),
      expect.stringContaining('leave out "fen"'),
      '',
    ])
  })

  test.each([
    [{}, 422, 'the body lacks "items"'],
    [[], 422, 'the body must be an object such as {"items"'],
    [{ items: {} }, 422, '"items" must be a list of at most 256 bodies of /infer'],
    [{ items: [], more: 1 }, 422, 'unknown field "more"'],
    [{ items: Array.from({ length: 257 }, () => ({ context: [] })) }, 422, 'at most 256 bodies'],
    ['{"items": [', 400, 'not valid JSON'],
    [{ items: [{ pgn: 'x'.repeat(1_100_000) }] }, 413, '1 MB'],
  ])('refuses %.40j as a whole', async (body, status, says) => {
    expect(await batch(body)).toMatchObject({ status, detail: expect.stringContaining(says) })
  })

  test('takes 256 items at once beside other requests, as one activity', async () => {
    const before = one.activities()
    const items = Array.from({ length: 256 }, (_none, index) => ({ context: index % 2 ? ['e2e4'] : [] }))
    const [whole, ...others] = await Promise.all([
      batch({ items }),
      ...Array.from({ length: 20 }, () => one.infer({ context: ['d2d4'] })),
    ])
    expect(whole.answers).toHaveLength(256)
    expect(whole.answers.filter((answer) => answer.status !== undefined)).toEqual([])
    expect(others.map(({ status }) => status)).toEqual(others.map(() => 200))
    expect(one.activities() - before).toBe(21)
    expect(await batch({ items: [] })).toMatchObject({ status: 200, answers: [] })
  })

  test('holds up nobody while it reads a megabyte of games', async () => {
    const shuffle = Array.from({ length: 1000 }, (_none, ply) => ['Nf3', 'Nf6', 'Ng1', 'Ng8'][ply % 4])
    const items = Array.from({ length: 200 }, () => ({ pgn: shuffle.join(' '), topk: 1 }))
    const whole = batch({ items })
    let slowestMs = 0
    let settled = false
    void whole.then(() => {
      settled = true
    })
    while (!settled) {
      const startedAt = performance.now()
      await (await fetch(new URL('/healthz', one.url))).text()
      slowestMs = Math.max(slowestMs, performance.now() - startedAt)
    }
    console.log(`/healthz: at most ${slowestMs.toFixed(0)} ms beside a batch of 200 games of 1,000 plies`)
    expect((await whole).answers.filter((answer) => answer.status !== undefined)).toEqual([])
    expect(slowestMs).toBeLessThan(limitMs(500)) // this process and a busy machine take their part of it
  })
})

test('/openapi.json describes inference without a loose end, and /docs shows it', async () => {
  const document = Object(await (await fetch(new URL('/openapi.json', one.url))).json())
  expect(openapiProblems(document)).toEqual([])
  expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/infer', '/infer/batch', '/v2']))
  expect(Object.keys(document.components.schemas)).toEqual(
    expect.arrayContaining(['InferRequest', 'InferAnswer']),
  )
  expect((await fetch(new URL('/docs', one.url))).status).toBe(200)
})
