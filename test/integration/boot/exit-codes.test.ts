import { existsSync, lstatSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { stillAlive } from '../../fixtures/boot/family.ts'
import { repository, startPodmate, startWithoutModel } from '../../fixtures/boot/podmate.ts'

describe('podmate with a configuration that cannot be used', () => {
  test('exits with 78 and one message that names every wrong variable and no value', async () => {
    const pod = startPodmate({
      SHUTDOWN_BUDGET_SECONDS: 'value-of-the-budget',
      BOOT_GRACE_SECONDS: 'value-of-the-grace',
      INFERENCE_API_TOPK_DEFAULT: 'value-of-topk',
    })
    expect(await pod.ended).toMatchObject({ code: 78, signal: null })
    const [title, ...problems] = pod.err
    expect(title).toBe('The configuration cannot be used:')
    expect(problems.map((line) => line.trim().split(' ')[0])).toEqual([
      'SHUTDOWN_BUDGET_SECONDS',
      'BOOT_GRACE_SECONDS',
      'INFERENCE_API_TOPK_DEFAULT',
    ])
    expect([...pod.out, ...pod.err].join('\n')).not.toContain('value-of')
    expect(existsSync(pod.stateDir)).toBe(false)
  })

  test('disables only the service whose variable is wrong, and says which', async () => {
    const pod = startPodmate({ INFERENCE_API_TOPK_DEFAULT: 'many', TRAIN_COMMAND: 'exec sleep 1000' })
    await expect.poll(() => pod.state('trainer'), { timeout: 60_000 }).toBe('ready')
    expect(await pod.service('inference')).toMatchObject({
      state: 'disabled',
      reason: expect.stringMatching(/^configuration: INFERENCE_API_TOPK_DEFAULT must be /),
    })
    await expect.poll(() => pod.state('http')).toBe('ready')
    expect((await pod.ask('/readyz')).status).toBe(200)
    expect(await pod.stop()).toMatchObject({ code: 0 })
  })

  test('keeps the control socket when the port is the wrong one, and listens on no other', async () => {
    const pod = startWithoutModel({ INFERENCE_API_PORT: 'eight thousand' })
    await expect.poll(() => pod.state('http'), { timeout: 60_000 }).toBe('degraded')
    const http = await pod.service('http')
    expect(http?.reason).toMatch(/INFERENCE_API_PORT must be /)
    expect(http?.details?.url).toBeNull()
  })

  test('warns of a variable that it does not know, with the nearest name', async () => {
    const pod = startWithoutModel({ INFERENCE_API_PROT: '8001', TRAIN_COMAND: 'true' })
    const { warnings } = await pod.status()
    expect(warnings).toEqual(
      expect.arrayContaining([
        'INFERENCE_API_PROT is not a variable of podmate; did you mean INFERENCE_API_PORT?',
        'TRAIN_COMAND is not a variable of podmate; did you mean TRAIN_COMMAND?',
      ]),
    )
  })
})

describe('podmate with arguments', () => {
  test('serves the model that --model names, whatever the variable says', async () => {
    const model = join(repository, 'services/inference/demo/model.pt')
    const program = ['entrypoint.ts', '--model', 'services/inference/demo/model.pt']
    const pod = startPodmate({ INFERENCE_API_MODEL_PATH: '/nothing/here.pt' }, { program })
    await expect.poll(() => pod.state('inference'), { timeout: 60_000 }).toBe('ready')
    expect((await pod.ask('/healthz')).json()).toMatchObject({ model_path: model, source: 'file' })
  })

  test('exits with 2 and its usage for what it does not know', async () => {
    const pod = startPodmate({}, { program: ['entrypoint.ts', '--modle', 'a.pt'] })
    expect(await pod.ended).toMatchObject({ code: 2, signal: null })
    expect(pod.err.join('\n')).toMatch(/--modle.*\nusage: npm start -- \[--model PATH\]/)
  })
})

describe('podmate with a bug of its own', () => {
  const program = (bug: string) => ({ program: ['test/fixtures/boot/throwing-pod.ts', bug] })

  test('exits with 70 when its services cannot be made', async () => {
    const pod = startPodmate({}, program('at once'))
    expect(await pod.ended).toMatchObject({ code: 70, signal: null })
    expect(pod.messages('podmate').join('\n')).toContain('internal error: podmate ends')
    expect(pod.out.join('\n')).toContain('the services cannot be made')
  })

  test('exits with 70 when something throws where nobody catches, and leaves no process', async () => {
    const pod = startPodmate({}, program('later'))
    await pod.line(/"trainer".*runs as pid/)
    const family = pod.family()
    expect(family.members.length).toBeGreaterThan(0)
    expect(await pod.ended).toMatchObject({ code: 70, signal: null })
    expect(pod.out.join('\n')).toContain('nobody catches this')
    expect(stillAlive(family)).toEqual([])
  })
})

describe('a second podmate on the same state folder', () => {
  test('exits with 78 and names the first, which goes on unharmed', async () => {
    const first = startWithoutModel()
    const socket = await first.socket()
    await expect.poll(() => first.state('state'), { timeout: 60_000 }).toBe('ready')
    const before = lstatSync(socket)
    const second = startWithoutModel({ POD_STATE_DIR: first.stateDir })
    expect(await second.ended).toMatchObject({ code: 78, signal: null })
    const folder = join(first.stateDir, 'pod-of-a-test')
    const refusal = `another podmate (pid ${first.pid} on ${hostname()}) uses ${folder}`
    expect(second.messages('podmate').filter((text) => text.startsWith(refusal))).toHaveLength(1)
    expect(second.out.join('\n')).not.toMatch(/shutdown report|PodError/)
    expect(lstatSync(socket).ino).toBe(before.ino)
    expect((await first.ask('/healthz')).status).toBe(200)
    expect((await first.status()).services).toMatchObject({
      state: { state: 'ready', restarts: 0 },
      http: { state: 'ready', restarts: 0 },
    })
    expect(JSON.parse(first.kept('owner.json'))).toMatchObject({ pid: first.pid })
    expect(await first.stop()).toMatchObject({ code: 0 })
  })
})
