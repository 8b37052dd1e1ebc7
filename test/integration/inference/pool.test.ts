import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BatchFacts } from '../../../services/inference/metrics/inference-observer.ts'
import type { Row } from '../../../services/inference/model-host/protocol.ts'
import { openGeneration } from '../../../services/inference/serving/generation.ts'
import { listProcesses } from '../../../supervisor/process-table.ts'
import { runInference } from '../../fixtures/inference/run-inference.ts'
import { serviceContext } from '../../fixtures/inference/service-context.ts'
import { tinyArtifact, torchFile } from '../../fixtures/inference/torch-file.ts'

const here = new AbortController().signal

let folder = ''
let model = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podmate-pool-'))
  model = join(folder, 'model.pt')
  await writeFile(model, torchFile(tinyArtifact({ hidden: 96, layers: 2 })))
})
afterEach(() => rm(folder, { recursive: true }))

/** A generation on several devices: `cpu` stands for each GPU, all else is as in a pod. */
async function open(devices: readonly string[]) {
  const held = serviceContext()
  const batches: BatchFacts[] = []
  let replaced = 0
  const order = {
    modelPath: model,
    artifactDirs: [],
    bundledModel: model,
    device: 'cpu',
    threads: 1,
    skip: [],
  }
  const options = {
    host: { env: {} },
    patience: { loadMs: 10_000, answerMs: 10_000 },
    queue: { waiting: 500, timeoutMs: 10_000 },
    observer: {
      onBatch: (facts: BatchFacts) => void batches.push(facts),
      onHostReplaced: () => {
        replaced += 1
      },
    },
    stop: held.ctx.stop,
    onProgress: () => {},
    devices,
  }
  const generation = await openGeneration(held.ctx, options, { ...order, stateBytes: 2 ** 20 }, 1)
  const closed = async () => {
    const pids = generation.hostPids
    await generation.end(here)
    return listProcesses().filter(({ pid }) => pids.includes(pid))
  }
  return { ...held, generation, batches, replaced: () => replaced, closed }
}

type Generation = Awaited<ReturnType<typeof open>>['generation']

const rowAt = (at: number): Row => ({
  kind: 'tokens',
  tokens: Array.from({ length: 1 + (at % 60) }, (_none, ply) => 1 + ((at + ply * ply) % 9)),
  winner: at % 4,
  phase: 0,
  side: 0,
})

async function askMany({ served }: Generation, count: number) {
  const rows = Array.from({ length: count }, (_none, at) => rowAt(at))
  return Promise.allSettled(rows.map((row) => served.ask(row, here)))
}

describe('several devices (67)', () => {
  test('show all their hosts in /status', async () => {
    const pod = await runInference({ devices: ['cpu', 'cpu'] })
    await pod.becomes('ready')
    const pids = () => pod.status()?.details?.host_pids
    await expect.poll(pids, { timeout: 60_000 }).toHaveLength(2)
    process.kill(Number(pod.status()?.details?.host_pid), 'SIGKILL')
    await expect.poll(pids, { timeout: 60_000 }).toHaveLength(1)
    await expect.poll(pids, { timeout: 60_000 }).toHaveLength(2)
    expect(pod.status()?.state).toBe('ready')
    await pod.stop()
  })

  test('have a host each, and what is asked is shared out between them', async () => {
    const { generation, closed, batches } = await open(['cpu', 'cpu'])
    await expect.poll(() => generation.hostPids.length, { timeout: 60_000 }).toBe(2)
    const answers = await askMany(generation, 200)
    expect(answers.filter(({ status }) => status === 'rejected')).toEqual([])
    expect(batches.reduce((sum, { size }) => sum + size, 0)).toBe(200)
    expect(Math.max(...batches.map(({ size }) => size))).toBe(16)
    expect(await closed()).toEqual([])
  })

  test('lose no question when one host is killed, which is replaced while the others go on', async () => {
    const { generation, closed, replaced } = await open(['cpu', 'cpu'])
    await expect.poll(() => generation.hostPids.length, { timeout: 60_000 }).toBe(2)
    const before = generation.hostPids
    const expected = await askMany(generation, 100)
    const asked = askMany(generation, 400)
    process.kill(before[0] ?? 0, 'SIGKILL')
    const answers = await asked
    expect(answers.filter(({ status }) => status === 'rejected')).toEqual([])
    expect(answers.slice(0, 100)).toEqual(nearly(expected))
    await expect.poll(() => generation.hostPids.length, { timeout: 60_000 }).toBe(2)
    await expect.poll(replaced).toBe(1)
    expect(generation.hostPids).toContain(before[1])
    expect(generation.hostPids).not.toContain(before[0])
    expect(await closed()).toEqual([])
  })

  test('get no other model in the place of a host that ended: the file has to be the same', async () => {
    const { generation, closed, log } = await open(['cpu', 'cpu'])
    await expect.poll(() => generation.hostPids.length, { timeout: 60_000 }).toBe(2)
    await utimes(model, 1, 1)
    process.kill(generation.hostPids[0] ?? 0, 'SIGKILL')
    await expect.poll(() => log.join(''), { timeout: 60_000 }).toContain('its file has changed')
    expect(generation.hostPids).toHaveLength(1)
    expect((await askMany(generation, 20)).every(({ status }) => status === 'fulfilled')).toBe(true)
    expect(await closed()).toEqual([])
  })

  test('are given up only when the last host has ended', async () => {
    const { generation, closed } = await open(['cpu', 'cpu'])
    await expect.poll(() => generation.hostPids.length, { timeout: 60_000 }).toBe(2)
    await writeFile(model, 'no model any more')
    for (const pid of generation.hostPids) process.kill(pid, 'SIGKILL')
    expect((await generation.ended).signal).toBe('SIGKILL')
    await expect(generation.served.ask(rowAt(1), here)).rejects.toMatchObject({
      statusCode: 503,
      retryAfterSeconds: 1,
    })
    expect(await closed()).toEqual([])
  })
})

test('one device has one host, whose end is the end of the generation', async () => {
  const { generation, closed } = await open([])
  const [pid = 0] = generation.hostPids
  expect(generation.hostPids).toHaveLength(1)
  process.kill(pid, 'SIGKILL')
  expect((await generation.ended).signal).toBe('SIGKILL')
  expect(await closed()).toEqual([])
})

/** Equal but for rounding: companions in a batch change the order in which numbers are added. */
function nearly(answers: readonly PromiseSettledResult<{ readonly scores: Float32Array }>[]) {
  return answers.map((one) => {
    if (one.status === 'rejected') return one
    const scores = [...one.value.scores].map((score) => expect.closeTo(score, 5))
    return { status: 'fulfilled', value: { device: 'cpu', scores: expect.objectContaining(scores) } }
  })
}
