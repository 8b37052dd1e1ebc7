import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fastify from 'fastify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type InferenceOptions, inference } from '../../../services/inference/service.ts'
import { listProcesses } from '../../../supervisor/process-table.ts'
import { serviceContext } from '../../fixtures/inference/service-context.ts'
import { torchFile } from '../../fixtures/inference/torch-file.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podmate-stop-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** The service with a context of the test's own, and its routes alone. */
async function run(options: Partial<InferenceOptions> = {}) {
  const bundledModel = join(folder, 'model.pt')
  await writeFile(bundledModel, torchFile())
  const host = { env: {} }
  const given = { modelPath: 'latest', artifactDirs: [], device: 'cpu', topkDefault: 10, threads: 1, host }
  const one = inference({ ...given, bundledModel, ...options })
  const app = fastify()
  app.addSchema({ $id: 'Problem', type: 'object', additionalProperties: true })
  let handled = 0
  app.addHook('preHandler', async () => {
    handled += 1
  })
  await app.register(one.routes)
  const held = serviceContext()
  const ended = one.service.run(held.ctx)
  const infer = () => app.inject({ method: 'POST', url: '/infer', body: { context: ['e2e4'] } })
  return { ...held, ended, infer, handled: () => handled }
}

function isAlive(pid: number): boolean {
  return listProcesses().some((entry) => entry.pid === pid)
}

describe('stopping', () => {
  test('refuses what is new once the pod stops, and still answers what was asked before', async () => {
    const one = await run()
    await one.ready
    process.kill(one.pid(), 'SIGSTOP')
    const before = one.infer()
    await expect.poll(() => one.handled()).toBe(1)
    one.stopPod()
    const after = await one.infer()
    expect(after.statusCode).toBe(503)
    expect(after.json()).toMatchObject({ message: 'The pod is stopping.' })
    one.stop()
    process.kill(one.pid(), 'SIGCONT')
    expect((await before).statusCode).toBe(200)
    await one.ended
    expect(isAlive(one.pid())).toBe(false)
  })

  test('ends in bounded time although the host does not answer', async () => {
    const one = await run({ drainMs: 50 })
    await one.ready
    process.kill(one.pid(), 'SIGSTOP')
    const asked = one.infer()
    one.stop()
    await one.ended
    expect((await asked).statusCode).toBe(503)
    expect(isAlive(one.pid())).toBe(false)
  })

  test('kills at once on kill', async () => {
    const one = await run({ drainMs: 60_000 })
    await one.ready
    process.kill(one.pid(), 'SIGSTOP')
    const asked = one.infer()
    one.stop()
    one.kill()
    await one.ended
    expect((await asked).statusCode).toBe(503)
    expect(isAlive(one.pid())).toBe(false)
  })

  test('comes while the model is loaded: nothing is left, and no file is blamed', async () => {
    const one = await run()
    await expect.poll(() => one.pid()).not.toBe(0)
    one.stop()
    await one.ended
    expect(isAlive(one.pid())).toBe(false)
    expect((await one.infer()).json()).toMatchObject({ message: 'Inference is stopped.' })
  })
})

test('the log has one line about the model that was loaded', async () => {
  const one = await run()
  await one.ready
  one.stop()
  await one.ended
  const lines = one.log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'model loaded')
  expect(lines).toMatchObject([
    { source: 'bundled', family: 'next_move_lstm', parameters: 510, vocabulary: 10, device: 'cpu' },
  ])
})
