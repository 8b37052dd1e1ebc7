import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readlink, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { InferenceOptions } from '../../../services/inference/service.ts'
import { listProcesses } from '../../../supervisor/process-table.ts'
import { onnxWithExternalBias } from '../../fixtures/inference/external-onnx.ts'
import { global, pickleOf, putText, tuple } from '../../fixtures/inference/pickle.ts'
import { type RunningInference, runInference } from '../../fixtures/inference/run-inference.ts'
import { openingMoves, tinyArtifact, torchFile } from '../../fixtures/inference/torch-file.ts'

let folder = ''
let model = ''
const running: RunningInference[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podmate-service-'))
  model = join(folder, 'model.pt')
  await writeFile(model, torchFile())
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()))
  await rm(folder, { recursive: true })
})

async function start(options: Partial<InferenceOptions> = {}): Promise<RunningInference> {
  const one = await runInference({ bundledModel: model, ...options })
  running.push(one)
  return one
}

async function started(options: Partial<InferenceOptions> = {}): Promise<RunningInference> {
  const one = await start(options)
  await one.becomes('ready')
  return one
}

function hostPid(one: RunningInference): number {
  const pid = one.status()?.details?.host_pid
  if (typeof pid !== 'number') throw new Error('no host runs')
  return pid
}

/** Whether a process runs; one that only waits to be reaped does not. */
function isAlive(pid: number): boolean {
  return listProcesses().some((entry) => entry.pid === pid)
}

/** An answer's fields, whatever they are: each test says what it expects of them. */
async function json(response: Response): Promise<Record<string, unknown>> {
  return Object(await response.json())
}

const opening = { context: ['e2e4', 'e7e5'] }

describe('the inference service', () => {
  test('tells health and status which model it serves, and where it came from', async () => {
    const one = await started()
    expect(one.health()).toEqual({
      device: 'cpu',
      device_requested: 'cpu',
      model_path: model,
      load_seconds: expect.any(Number),
      source: 'bundled',
      generation: 1,
    })
    expect(one.status()?.details).toMatchObject({
      family: 'next_move_lstm',
      vocabulary: 10,
      nodes: { CPUExecutionProvider: expect.any(Number) },
    })
  })

  test('leaves nothing in the folder of its host, no telemetry either, and removes it in the end', async (context) => {
    if (!existsSync('/proc/self'))
      return context.skip('cannot be installed: there is no /proc on this system')
    const one = await started()
    const hostFolder = await readlink(`/proc/${hostPid(one)}/cwd`)
    expect(hostFolder).toContain('podmate-model-host-')
    expect(await readdir(hostFolder)).toEqual([])
    await one.stop()
    running.splice(0)
    await expect(readdir(hostFolder)).rejects.toThrow('ENOENT')
  })

  test('answers 503 to the request during which its host is killed, and the next host answers the next', async () => {
    const one = await started()
    const pid = hostPid(one)
    process.kill(pid, 'SIGSTOP') // so that it cannot answer before it is killed
    const asked = Promise.all([one.infer(opening), one.infer(opening)])
    await expect.poll(() => one.activities(), { interval: 5 }).toBe(2)
    process.kill(pid, 'SIGKILL')
    for (const response of await asked) {
      expect(response.status).toBe(503)
      expect(response.headers.get('retry-after')).toBe('1')
      expect((await json(response)).detail).toMatch(
        /^The model host ended \(signal SIGKILL\) and is started again\./,
      )
    }
    await expect.poll(async () => (await one.infer(opening)).status, { timeout: 60_000 }).toBe(200)
    expect(hostPid(one)).not.toBe(pid)
    expect(one.status()).toMatchObject({ restarts: 1, lastEnding: { reason: 'signal SIGKILL' } })
  })

  test('kills a host that does not answer, and starts another', async () => {
    const one = await started({ patience: { loadMs: 10_000, answerMs: 100 } })
    const pid = hostPid(one)
    process.kill(pid, 'SIGSTOP')
    const response = await one.infer(opening)
    expect(response.status).toBe(503)
    expect((await json(response)).detail).toContain('gave no answer for 0.1 s and was killed')
    await expect.poll(async () => (await one.infer(opening)).status, { timeout: 60_000 }).toBe(200)
    expect(isAlive(pid)).toBe(false)
  })

  test('answers 503 in time when its host is too slow', async () => {
    const one = await started({ queue: { waiting: 1, timeoutMs: 50 } })
    process.kill(hostPid(one), 'SIGSTOP')
    const answers = await Promise.all([one.infer(opening), one.infer(opening), one.infer(opening)])
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503])
    const details = await Promise.all(answers.map(async (response) => (await json(response)).detail))
    expect(details).toContain('The model did not answer: no answer within 0.05 s.')
    expect(details).toContain('The model did not answer: 1 requests are waiting already.')
    process.kill(hostPid(one), 'SIGCONT')
    await expect.poll(async () => (await one.infer(opening)).status).toBe(200)
  })

  test('serves no other model when the one it was told to serve is bad, says so, and takes it once it is good', async () => {
    const wanted = join(folder, 'mine.pt')
    await writeFile(wanted, torchFile().subarray(0, 700))
    const one = await start({ modelPath: wanted })
    await expect
      .poll(() => one.status()?.lastEnding?.reason)
      .toContain(`INFERENCE_API_MODEL_PATH ${wanted} cannot be served`)
    const response = await one.infer(opening)
    expect(response.status).toBe(503)
    expect(one.health()).toMatchObject({ model_path: null, reason: expect.any(String) })
    await writeFile(wanted, torchFile())
    await one.becomes('ready')
    expect(one.health()).toMatchObject({ model_path: wanted, source: 'file' })
  })

  test('is in an error state for an explicit cuda that is not there, and never on the CPU', async () => {
    const one = await start({ device: 'cuda:7' })
    await expect
      .poll(() => one.status()?.lastEnding?.reason)
      .toContain('INFERENCE_API_DEVICE=cuda:7, but cuda:7 does not work here')
    expect((await one.infer(opening)).status).toBe(503)
  })

  test('passes over hostile and broken files, lists them, and runs nothing of them', async () => {
    const trace = join(folder, 'was-here')
    const attack = pickleOf(global('os', 'system'), tuple(putText(`touch ${trace}`)), 'R')
    await writeFile(join(folder, 'hostile.pt'), torchFile(tinyArtifact(), attack))
    await writeFile(join(folder, 'cut.pt'), torchFile().subarray(0, 500))
    await utimes(model, 1e9, 1e9) // the oldest
    const one = await started({ artifactDirs: [folder] })
    expect(one.health()).toMatchObject({ model_path: model, source: 'latest' })
    const { rejected } = one.status()?.details ?? {}
    expect(JSON.stringify(rejected)).toMatch(/hostile\.pt.*os\.system/)
    expect(await readdir(folder)).not.toContain('was-here')
  })

  test('lets no .onnx read other files as its weights', async () => {
    const file = join(folder, 'secret.bin')
    const modelPath = join(folder, 'external.onnx')
    await writeFile(file, Buffer.alloc(40))
    await writeFile(modelPath, await onnxWithExternalBias(model, { location: file.slice(1) }))
    const vocab = Object.fromEntries(['<PAD>', '<UNK>', ...openingMoves].map((token, id) => [token, id]))
    await writeFile(join(folder, 'external.json'), JSON.stringify({ vocab }))
    const one = await start({ modelPath })
    await expect
      .poll(() => one.status()?.lastEnding?.reason)
      .toMatch(/external\.onnx cannot be served: .*external data/i)
  })

  test('refuses new requests while the pod stops, and leaves no process behind', async () => {
    const one = await started()
    const pid = hostPid(one)
    const asked = one.infer(opening)
    const stopped = one.stop()
    running.splice(0)
    expect([200, 503]).toContain((await asked).status)
    await stopped
    expect(isAlive(pid)).toBe(false)
  })

  test('leaves no model host when the supervisor itself is killed', async () => {
    const program = fileURLToPath(new URL('../../fixtures/inference/orphan-pod.ts', import.meta.url))
    const env = { ...process.env, TMPDIR: folder }
    const pod = spawn(process.execPath, [program, model], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await once(createInterface(pod.stdout), 'line')
    const host = Number(line)
    expect(isAlive(host)).toBe(true)
    pod.kill('SIGKILL')
    await once(pod, 'exit')
    await expect.poll(() => isAlive(host)).toBe(false)
  })
})
