import { mkdir, rename, symlink, utimes, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { InferenceOptions } from '../../../services/inference/service.ts'
import { listProcesses } from '../../../supervisor/process-table.ts'
import { podctl } from '../../fixtures/http/run-program.ts'
import { onnxWithExternalBias } from '../../fixtures/inference/external-onnx.ts'
import { modelFor, type OpeningMove } from '../../fixtures/inference/model-for.ts'
import { type RunningInference, runInference } from '../../fixtures/inference/run-inference.ts'
import { openingMoves } from '../../fixtures/inference/torch-file.ts'
import { limitMs } from '../../fixtures/limit.ts'
import { bindfs, noBindfs } from '../../fixtures/state/mounts.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const soon = { timeout: 60_000, interval: 20 }

async function started(options: Partial<InferenceOptions> = {}) {
  const folder = temporaryFolder()
  const artifacts = join(folder, 'artifacts')
  const bundledModel = join(folder, 'bundled.pt')
  await mkdir(artifacts)
  await writeFile(bundledModel, modelFor('g1f3'))
  const one = await runInference({ bundledModel, artifactDirs: [artifacts], ...options })
  onTestFinished(() => one.stop())
  await one.becomes('ready')
  let age = 1000
  return {
    ...one,
    artifacts,
    bundledModel,
    /** Writes a model whole under a hidden name, then gives it its own: each is younger than the one before. */
    async put(name: string, move: OpeningMove): Promise<string> {
      const path = join(artifacts, name)
      await place(path, modelFor(move))
      age -= 1
      await utimes(path, Date.now() / 1000 - age, Date.now() / 1000 - age)
      return path
    },
  }
}

async function place(path: string, bytes: Buffer): Promise<void> {
  const hidden = join(dirname(path), `.${basename(path)}.part`)
  await writeFile(hidden, bytes)
  await rename(hidden, path)
}

async function answer(
  one: RunningInference,
): Promise<{ best_legal: string; generation: number; model_path: string }> {
  const response = await one.infer({ context: [] })
  if (response.status !== 200) throw new Error(await response.text())
  return (await response.json()) as never // each test says what it expects of it
}

/** A request that changes something, with the token. */
async function ask(one: RunningInference, path: string, body?: object) {
  const response = await fetch(new URL(path, one.url), {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> } // as above
}

function hostPid(one: RunningInference): number {
  return Number(one.status()?.details?.host_pid)
}

function isAlive(pid: number): boolean {
  return listProcesses().some((entry) => entry.pid === pid)
}

function rejected(one: RunningInference): string {
  return JSON.stringify(one.status()?.details?.rejected ?? [])
}

describe('a newer model', () => {
  test('is served within 5 s of being there, in a host of its own; the old host ends', async () => {
    const one = await started()
    const before = hostPid(one)
    expect(await answer(one)).toMatchObject({ best_legal: 'g1f3', generation: 1 })
    const path = await one.put('first.pt', 'e2e4')
    const since = performance.now()
    await expect
      .poll(() => answer(one), soon)
      .toMatchObject({ best_legal: 'e2e4', generation: 2, model_path: path })
    expect(performance.now() - since).toBeLessThan(limitMs(5000))
    expect(hostPid(one)).not.toBe(before)
    await expect.poll(() => isAlive(before), soon).toBe(false)
    expect(one.health()).toMatchObject({ source: 'latest', generation: 2, model_path: path })
    expect(one.status()).toMatchObject({ state: 'ready', restarts: 0 })
  })

  test('is not served before it is whole, and nothing but the truth is said of it meanwhile', async () => {
    const one = await started({ watch: { pollMs: 50, settleMs: 100 } })
    const path = join(one.artifacts, 'growing.pt')
    const bytes = modelFor('e2e4')
    await writeFile(path, bytes.subarray(0, 900))
    await expect.poll(() => rejected(one), soon).toContain('still being written')
    expect(await answer(one)).toMatchObject({ best_legal: 'g1f3', generation: 1 })
    await writeFile(path, bytes)
    await expect.poll(() => answer(one), soon).toMatchObject({ best_legal: 'e2e4', generation: 2 })
    expect(rejected(one)).toBe('[]')
  })

  test('that is damaged is rejected once by name and reason; the old one serves on, and its next version is tried', async () => {
    const one = await started({ watch: { pollMs: 50, settleMs: 100 } })
    const good = await one.put('good.pt', 'd2d4')
    await expect.poll(() => answer(one), soon).toMatchObject({ model_path: good })
    const path = join(one.artifacts, 'damaged.pt')
    const bytes = modelFor('e2e4')
    const damaged = Buffer.from(bytes)
    damaged.fill(1, bytes.indexOf('model/data/0') + 20, bytes.indexOf('model/data/0') + 60)
    await place(path, damaged)
    await expect.poll(() => rejected(one), soon).toMatch(/damaged\.pt.*checksum differs/)
    expect(one.status()?.details).toMatchObject({ model_path: good, generation: 2 })
    expect(await answer(one)).toMatchObject({ model_path: good })
    await place(path, bytes)
    await expect.poll(() => answer(one), soon).toMatchObject({ best_legal: 'e2e4', generation: 3 })
    const told = one.logLines().filter((line) => line.includes('damaged.pt') && line.includes('rejected'))
    expect(told).toHaveLength(1)
  })

  test('of two that come at once the newest is served in the end', async () => {
    const one = await started()
    await Promise.all([one.put('a.pt', 'e2e4'), one.put('b.pt', 'd2d4')])
    const newest = await one.put('c.pt', 'c2c4')
    await expect.poll(() => answer(one), soon).toMatchObject({ best_legal: 'c2c4', model_path: newest })
  })

  test('beside a folder that cannot be read is found all the same, and the folder is named', async () => {
    const folder = temporaryFolder()
    const loop = join(folder, 'loop')
    await symlink(loop, loop)
    const good = join(folder, 'good')
    await mkdir(good)
    const one = await started({ artifactDirs: [loop, good] })
    await place(join(good, 'new.pt'), modelFor('e2e4'))
    await expect.poll(() => answer(one), soon).toMatchObject({ best_legal: 'e2e4' })
    await expect.poll(() => rejected(one), soon).toMatch(/loop.*ELOOP/)
  })

  test('under the name that the environment gives is served when it was written again', async () => {
    const folder = temporaryFolder()
    const modelPath = join(folder, 'mine.pt')
    await place(modelPath, modelFor('e2e4'))
    const one = await started({ modelPath, watch: { pollMs: 50, settleMs: 100 } })
    await one.put('newer.pt', 'd2d4')
    await place(modelPath, modelFor('c2c4', 2))
    await expect.poll(() => answer(one), soon).toMatchObject({ best_legal: 'c2c4', model_path: modelPath })
  })
})

describe('a model in two files', () => {
  test('is served when both are whole, and anew when the second alone is written again', async () => {
    const one = await started({ watch: { pollMs: 50, settleMs: 100 } })
    const path = join(one.artifacts, 'net.onnx')
    const data = join(one.artifacts, 'net.onnx.data')
    const vocab = Object.fromEntries(['<PAD>', '<UNK>', ...openingMoves].map((token, id) => [token, id]))
    await writeFile(join(one.artifacts, 'net.json'), JSON.stringify({ vocab }))
    await writeFile(path, await onnxWithExternalBias(one.bundledModel, { location: 'net.onnx.data' }))
    await expect.poll(() => rejected(one), soon).toContain('which is not beside it')
    await place(data, lastBias('e2e4'))
    await expect.poll(() => answer(one), soon).toMatchObject({ best_legal: 'e2e4', model_path: path })
    await place(data, lastBias('d2d4'))
    await expect.poll(() => answer(one), soon).toMatchObject({ best_legal: 'd2d4', generation: 3 })
  })

  /** What the second file of such a model holds: scores of two tokens and eight moves, of which one is certain. */
  function lastBias(move: OpeningMove): Buffer {
    const scores = Float32Array.from(openingMoves, (one) => (one === move ? 50 : 0))
    return Buffer.concat([Buffer.alloc(8), Buffer.from(scores.buffer)])
  }
})

describe('under load', () => {
  test('every answer is that of the model of its generation, and only kills cost any: those answer 503 with Retry-After', async () => {
    const one = await started({ watch: { pollMs: 200, settleMs: 100 } })
    const moves: OpeningMove[] = ['e2e4', 'd2d4', 'c2c4', 'e2e4']
    const expected = new Map([[1, 'g1f3']])
    const over = new AbortController()
    const counts = { right: 0, wrong: 0, unavailable: 0, failed: 0 }
    const seen: { generation: number; best_legal: string }[] = []
    const client = async () => {
      while (!over.signal.aborted) {
        const response = await one.infer({ context: [] })
        if (response.status === 503 && response.headers.get('retry-after') === '1') counts.unavailable += 1
        else if (response.status !== 200) counts.failed += 1
        else seen.push((await response.json()) as never) // looked at below
      }
    }
    const clients = Array.from({ length: 16 }, client)
    for (const [at, move] of moves.entries()) {
      const path = await one.put(`${at}.pt`, move)
      await expect.poll(() => one.health().model_path, soon).toBe(path)
      expected.set(Number(one.health().generation), move)
    }
    expect(counts).toMatchObject({ failed: 0, unavailable: 0 })
    process.kill(hostPid(one), 'SIGKILL')
    await expect.poll(() => one.health().generation, soon).toBe(moves.length + 2)
    expected.set(moves.length + 2, 'e2e4')
    over.abort()
    await Promise.all(clients)
    const wrong = seen.filter(({ generation, best_legal }) => expected.get(generation) !== best_legal)
    expect(wrong).toEqual([])
    expect(counts.failed).toBe(0)
    expect(counts.unavailable).toBeGreaterThan(0)
    expect(new Set(seen.map(({ generation }) => generation)).size).toBeGreaterThanOrEqual(moves.length)
  })
})

describe('POST /model', () => {
  test('serves the named model until told otherwise, also after its host died; latest follows again', async () => {
    const one = await started()
    const old = await one.put('old.pt', 'd2d4')
    await expect.poll(() => answer(one), soon).toMatchObject({ model_path: old })
    const newer = await one.put('newer.pt', 'e2e4')
    await expect.poll(() => answer(one), soon).toMatchObject({ model_path: newer, generation: 3 })
    const pinned = await ask(one, '/model', { path: old })
    expect(pinned).toMatchObject({
      status: 200,
      body: { generation: 4, model_path: old, following: 'pinned' },
    })
    expect(await answer(one)).toMatchObject({ best_legal: 'd2d4', generation: 4 })
    const newest = await one.put('newest.pt', 'c2c4')
    process.kill(hostPid(one), 'SIGKILL')
    await expect.poll(() => one.health(), soon).toMatchObject({ generation: 5, model_path: old, pinned: old })
    const { body } = await ask(one, '/models')
    expect(body).toMatchObject({ pinned: old, previous: newer, serving: { model_path: old } })
    const released = await ask(one, '/model', { path: 'latest' })
    expect(released.body).toMatchObject({ model_path: newest, following: 'latest' })
    expect(one.health()).not.toHaveProperty('pinned')
  })

  test('goes back to the model before and back again; with nothing before it answers 409', async () => {
    const one = await started()
    expect(await ask(one, '/model/rollback', {})).toMatchObject({ status: 409 })
    const path = await one.put('new.pt', 'e2e4')
    await expect.poll(() => answer(one), soon).toMatchObject({ model_path: path })
    expect(await ask(one, '/model/rollback', {})).toMatchObject({ status: 200, body: { source: 'bundled' } })
    expect(await answer(one)).toMatchObject({ best_legal: 'g1f3', generation: 3 })
    expect(await ask(one, '/model/rollback', {})).toMatchObject({ status: 200, body: { model_path: path } })
  })

  test('goes back to no file that was written again since', async () => {
    const one = await started()
    const path = await one.put('same.pt', 'e2e4')
    await expect.poll(() => answer(one), soon).toMatchObject({ best_legal: 'e2e4' })
    await one.put('same.pt', 'd2d4')
    await expect.poll(() => answer(one), soon).toMatchObject({ best_legal: 'd2d4' })
    const refused = await ask(one, '/model/rollback', {})
    expect(refused).toMatchObject({
      status: 422,
      body: { detail: `${path} cannot be served: it was written again since it was served.` },
    })
    expect(await answer(one)).toMatchObject({ best_legal: 'd2d4' })
  })

  test('names what is wrong with a file, and serves on', async () => {
    const one = await started()
    const empty = join(one.artifacts, 'empty.pt')
    await writeFile(empty, '')
    expect(await ask(one, '/model', { path: empty })).toMatchObject({
      status: 422,
      body: { detail: `${empty} cannot be served: it is empty.` },
    })
    const gone = join(one.artifacts, 'gone.pt')
    expect(await ask(one, '/model', { path: gone })).toMatchObject({
      status: 422,
      body: { detail: `${gone} cannot be served: it does not exist.` },
    })
    expect(await answer(one)).toMatchObject({ best_legal: 'g1f3', generation: 1 })
    expect(one.health()).not.toHaveProperty('pinned')
  })

  test('takes no path outside the folders, not even through a link', async () => {
    const one = await started()
    const secret = join(temporaryFolder(), 'model.pt')
    await place(secret, modelFor('e2e4'))
    const link = join(one.artifacts, 'link.pt')
    await symlink(secret, link)
    for (const path of [secret, `${one.artifacts}/../x.pt`, 'relative.pt', '/etc/passwd']) {
      const refused = await ask(one, '/model', { path })
      expect(refused.status).toBe(400)
      expect(refused.body.detail).toContain(one.artifacts)
    }
    const refused = await ask(one, '/model', { path: link })
    expect(refused).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('a link that leads out') },
    })
  })

  test('mends a service that fails for the model that the environment names', async () => {
    const folder = temporaryFolder()
    const good = join(folder, 'good.pt')
    await place(good, modelFor('e2e4'))
    const modelPath = join(folder, 'missing.pt')
    const one = await runInference({ modelPath, artifactDirs: [folder] })
    onTestFinished(() => one.stop())
    await expect.poll(() => one.status()?.lastEnding?.reason, soon).toContain('missing.pt cannot be served')
    expect(await ask(one, '/model', { path: good })).toMatchObject({
      status: 200,
      body: { model_path: good },
    })
    expect(await answer(one)).toMatchObject({ best_legal: 'e2e4', generation: 1 })
  })

  test('is noted by a stopped service for its next start', async () => {
    const one = await started()
    const path = await one.put('named.pt', 'e2e4')
    await one.command('stop')
    const noted = await ask(one, '/model', { path })
    expect(noted).toMatchObject({
      status: 503,
      body: { detail: expect.stringContaining('is taken at its next start') },
    })
    await one.command('start')
    await expect.poll(() => one.health(), soon).toMatchObject({ model_path: path, pinned: path })
  })

  test('takes no link out of the folders at the next start either', async () => {
    const one = await started()
    const secret = join(temporaryFolder(), 'model.pt')
    await place(secret, modelFor('e2e4'))
    await one.command('stop')
    const link = join(one.artifacts, 'link.pt')
    await symlink(secret, link)
    expect(await ask(one, '/model', { path: link })).toMatchObject({ status: 503 })
    await one.command('start')
    await expect.poll(() => one.status()?.lastEnding?.reason, soon).toContain('a link that leads out')
  })

  test('is served instead of the model that is being loaded first, which is no failure', async () => {
    const folder = temporaryFolder()
    const [older, newer] = [join(folder, 'older.pt'), join(folder, 'newer.pt')]
    await place(older, modelFor('e2e4'))
    await place(newer, modelFor('d2d4'))
    await utimes(older, 1000, 1000)
    const one = await runInference({ artifactDirs: [folder] })
    onTestFinished(() => one.stop())
    expect(await ask(one, '/model', { path: older })).toMatchObject({ status: 200 })
    expect(await answer(one)).toMatchObject({ best_legal: 'e2e4', generation: 1 })
    expect(one.status()).toMatchObject({ state: 'ready', restarts: 0 })
    expect(one.logLines().join()).not.toContain('EPIPE')
  })

  test('asks for the token', async () => {
    const one = await started()
    const response = await fetch(new URL('/model', one.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"path":"latest"}',
    })
    expect(response.status).toBe(401)
  })

  test('lists the newest first, with what was rejected and why', async () => {
    const one = await started({ watch: { pollMs: 50, settleMs: 100 } })
    const first = await one.put('first.pt', 'e2e4')
    const second = await one.put('second.pt', 'd2d4')
    await expect.poll(() => answer(one), soon).toMatchObject({ model_path: second })
    await writeFile(join(one.artifacts, 'cut.pt'), modelFor('c2c4').subarray(0, 500))
    await expect.poll(() => rejected(one), soon).toContain('cut.pt')
    const { body } = await ask(one, '/models')
    expect(body).toMatchObject({ following: 'latest', pinned: null, serving: { model_path: second } })
    expect(body.serving).toMatchObject({ quality: { top1: 0.25, val_loss: 2.5 } })
    const candidates = body.candidates as {
      path: string
      serving: boolean
      quality: { top1: number } | null
    }[] // the route's schema
    expect(candidates.map(({ path }) => path)).toEqual([join(one.artifacts, 'cut.pt'), second, first])
    expect(candidates.map(({ serving }) => serving)).toEqual([false, true, false])
    expect(candidates.map(({ quality }) => quality?.top1)).toEqual([undefined, 0.25, 0.25])
    expect(body.rejected).toEqual([
      { path: join(one.artifacts, 'cut.pt'), reason: expect.stringContaining('cut short') },
    ])
  })
})

const missing = noBindfs()

describe('a host that ends while another model is loaded', () => {
  test('is told of by health, until that model is served', async () => {
    const one = await started()
    const path = await one.put('next.pt', 'e2e4')
    const wish = ask(one, '/model', { path })
    process.kill(hostPid(one), 'SIGKILL')
    await expect
      .poll(() => one.health(), soon)
      .toMatchObject({ generation: null, reason: expect.stringContaining('SIGKILL') })
    expect((await one.infer({ context: [] })).status).toBe(503)
    expect(await wish).toMatchObject({ status: 200 })
    expect(one.health()).toMatchObject({ model_path: path, generation: 2 })
  })

  test('is replaced at once when that model is refused', async () => {
    const one = await started({ watch: { pollMs: 50, settleMs: 50 } })
    await place(join(one.artifacts, 'bad.onnx'), Buffer.of(0x3a, 0)) // an empty graph: a host finds that out
    await place(join(one.artifacts, 'bad.json'), Buffer.from('{"vocab":{"a":0,"b":1}}'))
    const onlyHost = () => listProcesses().filter(({ parent }) => parent === process.pid).length
    const before = onlyHost()
    await expect.poll(onlyHost, { timeout: 60_000, interval: 2 }).toBeGreaterThan(before)
    process.kill(hostPid(one), 'SIGKILL')
    const since = performance.now()
    await expect.poll(() => one.health(), soon).toMatchObject({ generation: 2 })
    expect(performance.now() - since).toBeLessThan(limitMs(4500))
  })
})

test('a volume that hangs while it is watched disturbs nothing, and is watched on when it answers again', async (context) => {
  if (missing) return context.skip(missing)
  const volume = await bindfs()
  const one = await started({ artifactDirs: [volume.mounted], watch: { pollMs: 100, settleMs: 100 } })
  volume.process.kill('SIGSTOP')
  await expect.poll(() => rejected(one), { ...soon, timeout: 60_000 }).toContain('is its volume hung?')
  expect(await answer(one)).toMatchObject({ best_legal: 'g1f3', generation: 1 })
  await place(join(volume.real, 'new.pt'), modelFor('e2e4'))
  volume.process.kill('SIGCONT')
  await expect.poll(() => answer(one), { ...soon, timeout: 60_000 }).toMatchObject({ best_legal: 'e2e4' })
})

describe('podctl model', () => {
  const call = (one: RunningInference, ...words: string[]) =>
    podctl(['model', ...words, '--url', `${one.url}?token=token`])

  test('lists, uses, releases and rolls back, and exits 0 only if it is so', async () => {
    const one = await started()
    const first = await one.put('first.pt', 'e2e4')
    await expect.poll(() => answer(one), soon).toMatchObject({ model_path: first })
    const second = await one.put('second.pt', 'd2d4')
    await expect.poll(() => answer(one), soon).toMatchObject({ model_path: second })
    const used = await call(one, 'use', first)
    expect(used).toMatchObject({ code: 0, err: '' })
    expect(used.out).toMatch(`serving ${first} (generation 4, cpu, 25.0 % top-1, loss 2.50); pinned`)
    const list = await call(one, 'list')
    expect(list.out).toMatch(
      new RegExp(`^\\* +[\\d.]+ MB +.+ ago +25\\.0 % top-1, loss 2\\.50 +${first}$`, 'm'),
    )
    expect(list.out).toContain(`before it: ${second}`)
    expect((await call(one, 'rollback')).out).toContain(`serving ${second} (generation 5`)
    expect((await call(one, 'use', 'latest')).out).toContain('the newest is followed')
    const refused = await call(one, 'use', join(one.artifacts, 'gone.pt'))
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('it does not exist') })
    expect((await call(one, 'frobnicate')).code).toBe(2)
  })

  test('waits for nothing when inference does not run', async () => {
    const one = await started()
    await one.command('stop')
    const noted = await call(one, 'use', one.bundledModel)
    expect(noted).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('podctl restart inference'),
    })
  })
})
