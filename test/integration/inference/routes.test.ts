import { readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningInference, runInference } from '../../fixtures/inference/run-inference.ts'
import { torchFile } from '../../fixtures/inference/torch-file.ts'

/** An answer's fields, whatever they are: each test says what it expects of them. */
async function json(response: Response): Promise<Record<string, unknown>> {
  return Object(await response.json())
}

const opening = { context: ['e2e4', 'e7e5'] }

describe('POST /infer over the real http service', () => {
  let one: RunningInference
  beforeAll(async () => {
    const bundledModel = join(tmpdir(), `podmate-routes-${process.pid}.pt`)
    await writeFile(bundledModel, torchFile())
    one = await runInference({ bundledModel })
    await one.becomes('ready')
    await rm(bundledModel) // nothing is read after the start
  })
  afterAll(() => one.stop())

  const detail = async (body: unknown): Promise<Record<string, unknown>> => {
    const response = await one.infer(body)
    return { status: response.status, ...(await json(response)) }
  }

  test.each(['application/json', 'application/x-www-form-urlencoded', 'text/plain; charset=odd', 'nonsense'])(
    'takes a body of type %s as JSON',
    async (contentType) => {
      const response = await one.infer(opening, contentType)
      expect(response.status).toBe(200)
      expect(await json(response)).toMatchObject({
        topk: expect.any(Array),
        best_legal: expect.stringMatching(/^[a-h][1-8][a-h][1-8]$/),
        best_legal_san: expect.any(String),
        game_over: null,
        device: 'cpu',
        generation: 1,
        latency_ms: expect.any(Number),
      })
    },
  )

  test.each([
    [undefined, 10],
    [null, 10],
    [0, 10],
    [3, 3],
    [1000, 10],
    [-1, 1],
  ])('with topk %j lists %i choices', async (topk, count) => {
    const answer = await detail({ ...opening, topk })
    expect(answer.topk).toHaveLength(count)
    expect(answer.topk_scores).toHaveLength(count)
    expect(answer.legal_topk).toHaveLength(count)
  })

  test('takes an empty context, and winner_side as a letter, a word or null', async () => {
    const best = async (winner_side?: string | null) => {
      const { status, legal_topk } = await detail({
        ...opening,
        ...(winner_side === undefined ? {} : { winner_side }),
      })
      expect(status).toBe(200)
      return legal_topk
    }
    expect((await detail({ context: [] })).status).toBe(200)
    expect(await best('white')).toEqual(await best('W'))
    expect(await best('black')).toEqual(await best('B'))
    expect(await best('draw')).toEqual(await best('D'))
    expect(await best()).toEqual(await best('W'))
    expect(await best(null)).not.toEqual(await best('W'))
  })

  test('says that the game is over', async () => {
    const answer = await detail({ context: ['f2f3', 'e7e5', 'g2g4', 'd8h4'] })
    expect(answer).toMatchObject({
      game_over: 'checkmate',
      best_legal: '',
      best_legal_san: '',
      legal_topk: [],
    })
    expect(answer.topk).toHaveLength(10)
  })

  test.each([
    [{ context: ['e2e5'] }, 400, 'Illegal move e2e5 at ply 1'],
    [{ context: ['e2e4', 'castle'] }, 400, 'Malformed move "castle" at ply 2'],
    [{}, 422, '"context"'],
    [{ contxt: ['e2e4'] }, 422, 'did you mean "context"?'],
    [{ ...opening, winner: 'W' }, 422, 'winner'],
    [{ context: 'e2e4' }, 422, '"context"'],
    [{ context: [1] }, 422, '"context[0]"'],
    [{ ...opening, topk: '5' }, 422, '"topk"'],
    [{ ...opening, topk: 2.5 }, 422, '"topk"'],
    [{ ...opening, winner_side: 1 }, 422, '"winner_side"'],
    [{ ...opening, winner_side: 'nobody' }, 422, 'W, B, D, white, black, draw'],
    [{ ...opening, winner_side: 'w' }, 422, '"winner_side"'],
    [{ context: Array.from({ length: 1025 }, () => 'e2e4') }, 422, 'at most 1024 moves'],
    [[], 422, 'body'],
    ['{"context": [', 400, 'JSON'],
    ['', 422, 'body'],
    [{ context: ['x'.repeat(1_100_000)] }, 413, '1 MB'],
  ])('refuses %.60j with a sentence', async (body, status, says) => {
    const answer = await detail(body)
    expect(answer).toMatchObject({ status, detail: expect.stringContaining(says) })
    expect(JSON.stringify(answer)).not.toContain('.ts:')
  })

  test('answers many at once, in a few milliseconds each', async () => {
    const startedAt = performance.now()
    const answers = await Promise.all(Array.from({ length: 200 }, () => one.infer(opening)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    console.log(
      `/infer, tiny model: ${((performance.now() - startedAt) / 200).toFixed(2)} ms each, 200 at once`,
    )
    const status = await readFile(`/proc/${one.status()?.pid}/status`, 'utf8').catch(() => '')
    console.log(`model host: ${/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? '?'} KB resident`)
  })
})
