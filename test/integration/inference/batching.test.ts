import { afterEach, describe, expect, test } from 'vitest'
import { type RunningInference, runInference } from '../../fixtures/inference/run-inference.ts'

let one: RunningInference | undefined
afterEach(() => one?.stop())

/** A pod whose model host stands still until `goOn`. */
async function standing(queue: { readonly waiting: number; readonly timeoutMs: number }) {
  one = await runInference({ queue })
  await one.becomes('ready')
  const pid = Number(one.status()?.details?.host_pid)
  process.kill(pid, 'SIGSTOP')
  return { ...one, goOn: () => process.kill(pid, 'SIGCONT') }
}

const games = ['e2e4', 'd2d4', 'c2c4', 'g1f3', 'b1c3', 'f2f4'].map((move) => ({ context: [move] }))

async function bodyAs<Body>(response: Response): Promise<Body> {
  return (await response.json()) as Body // its schema is held by the tests of the routes
}

describe('batching (65)', () => {
  test('answers what waited together as if each had been alone', async () => {
    one = await runInference()
    await one.becomes('ready')
    const { infer } = one
    const movesOf = async (game: object) => {
      const body = await bodyAs<{ topk: string[]; best_legal: string }>(await infer(game))
      return [...body.topk, body.best_legal]
    }
    const alone = []
    for (const game of games) alone.push(await movesOf(game))
    const together = await Promise.all([...games, ...games].map(movesOf))
    expect(together).toEqual([...alone, ...alone])
  })

  test('bounds what waits: 503 with Retry-After, and the others are answered', async () => {
    const { infer, goOn } = await standing({ waiting: 3, timeoutMs: 20_000 })
    const first = infer(games[0])
    await expect.poll(() => one?.activities()).toBe(1)
    const waiting = games.slice(1, 4).map((game) => infer(game))
    await expect.poll(() => one?.activities()).toBe(4)
    const refused = await infer(games[4])
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
    expect((await bodyAs<{ detail: string }>(refused)).detail).toContain('3 requests are waiting already')
    goOn()
    const answers = await Promise.all([first, ...waiting])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  })

  test('answers 503 with Retry-After when a host takes too long, and 200 once it goes on', async () => {
    const { infer, goOn } = await standing({ waiting: 10, timeoutMs: 100 })
    const late = await infer(games[0])
    expect([late.status, late.headers.get('retry-after')]).toEqual([503, '1'])
    expect((await bodyAs<{ detail: string }>(late)).detail).toContain('no answer within 0.1 s')
    goOn()
    await expect.poll(async () => (await infer(games[0])).status).toBe(200)
  })
})
