import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { fakePod } from '../../fixtures/http/fake-pod.ts'
import { type RunningHttp, runHttp } from '../../fixtures/http/run-http.ts'
import { podctl } from '../../fixtures/http/run-program.ts'
import { sshClient } from '../../fixtures/sshd/ssh-client.ts'

describe('podctl', () => {
  const pod = fakePod(['http', 'trainer', 'sshd'])
  let running: RunningHttp
  let address = ''
  let env: NodeJS.ProcessEnv = {}
  beforeAll(async () => {
    running = await runHttp({}, pod)
    address = await running.url
    await running.ready
    env = { PODMATE_SOCKET: running.socketPath }
    for (const text of ['one', 'two', 'three']) pod.logLine('trainer', text)
  })
  afterAll(() => running.stop())

  test('status shows every service, without colours when nobody looks', async () => {
    const { code, out } = await podctl(['status'], env)
    expect(code).toBe(0)
    expect(out).toMatch(/^podmate 0\.1\.0 \(pid \d+\) is running/)
    for (const name of ['http', 'trainer', 'sshd']) expect(out).toMatch(new RegExp(`^${name} +ready`, 'm'))
    expect(out).not.toContain('\x1b')
  })

  test('status --json prints the status document', async () => {
    const { code, out } = await podctl(['status', '--json'], env)
    expect([code, JSON.parse(out)]).toEqual([0, pod.status()])
  })

  test('start, stop and restart ask for exactly that and print what is true', async () => {
    for (const command of ['start', 'stop', 'restart']) {
      const { code, out } = await podctl([command, 'trainer'], env)
      expect([code, out]).toEqual([0, `trainer: ${command} done\n`])
      expect(pod.asked.at(-1)).toBe(`${command} trainer`)
    }
    expect((await podctl(['stop', 'sshd', '--force'], env)).code).toBe(0)
    expect(pod.asked.at(-1)).toBe('stop sshd --force')
  })

  test('stop exits 1 and says why when it is not so', async () => {
    const message = 'trainer is still running: pids 12, 13'
    const before = pod.answer
    pod.answer = async () => ({ ok: false, message })
    const refused = await podctl(['stop', 'trainer'], env)
    pod.answer = before
    expect([refused.code, refused.out, refused.err]).toEqual([1, '', `${message}\n`])
    const unknown = await podctl(['stop', 'trainr'], env)
    expect([unknown.code, unknown.err]).toEqual([1, 'no service is called "trainr": did you mean trainer?\n'])
  })

  test('logs prints the last lines of a service or of all', async () => {
    const { code, out } = await podctl(['logs', 'trainer', '-n', '2'], env)
    expect(code).toBe(0)
    expect(out).toMatch(/^[\d:.]{12} trainer: two\n[\d:.]{12} trainer: three\n$/)
    expect((await podctl(['logs'], env)).out).toContain('trainer: one')
    const unknown = await podctl(['logs', 'nope'], env)
    expect([unknown.code, unknown.err]).toEqual([
      1,
      'podctl: no service is called "nope": there are http, trainer, sshd\n',
    ])
    expect((await podctl(['logs', '-n', '1001'], env)).code).toBe(2)
  })

  test('ready exits 0 when all is ready and 1 with the reasons when not', async () => {
    expect(await podctl(['ready'], env)).toEqual({ code: 0, out: 'ready\n', err: '' })
    pod.emit({ service: 'trainer', type: 'not-ready', reason: 'no step for 10 minutes' })
    const answer = await podctl(['ready'], env)
    pod.emit({ service: 'trainer', type: 'ready' })
    expect([answer.code, answer.out]).toEqual([1, 'trainer is degraded: no step for 10 minutes\n'])
  })

  test('timing prints a row for each service', async () => {
    const { code, out } = await podctl(['timing'], env)
    expect(code).toBe(0)
    expect(out).toMatch(/^trainer +\d+ ms +- +\d+ ms +\d+ ms$/m)
    expect(out).toMatch(/^critical chain: /m)
  })

  test('url prints the address with the token, in a pod that of the proxy', async () => {
    expect((await podctl(['url'], env)).out).toBe(`${address}/?token=generated-token\n`)
    const { port } = new URL(address)
    const inPod = await podctl(['url'], { ...env, RUNPOD_POD_ID: 'abc123' })
    expect(inPod.out).toBe(`https://abc123-${port}.proxy.runpod.net/?token=generated-token\n`)
  })

  test('works from afar with the address that url prints', async () => {
    const url = `${address}/?token=generated-token`
    expect((await podctl(['status', '--url', url])).code).toBe(0)
    expect((await podctl(['restart', 'trainer', '--url', url])).code).toBe(0)
    expect(
      (await podctl(['restart', 'trainer', '--url', address], { PODMATE_TOKEN: 'generated-token' })).code,
    ).toBe(0)
    const refused = await podctl(['restart', 'trainer', '--url', address, '--token', 'wrong'])
    expect(refused.code).toBe(1)
    expect(refused.err).toContain('this token is not the right one')
  })

  test('finds podmate by POD_STATE_DIR', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'podmate-state-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const { socketPaths } = await import('../../../services/http/listening/socket-paths.ts')
    const second = await runHttp({ socketPaths: socketPaths(folder).slice(1) })
    onTestFinished(() => second.stop())
    await second.ready
    expect((await podctl(['ready'], { POD_STATE_DIR: folder })).out).toBe('ready\n')
  })
})

test('podctl exits 3 and names the sockets when no podmate runs here', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'podmate-nobody-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const command of ['status', 'ready', 'tail', 'events', 'shutdown', 'url']) {
    const { code, out, err } = await podctl([command], { PODMATE_SOCKET: join(folder, 'no.sock') })
    expect([command, code, out]).toEqual([command, 3, ''])
    expect(err).toContain(`${join(folder, 'no.sock')}: not there`)
    expect(err).toContain('npm start')
  }
  expect((await podctl(['status', '--url', 'http://127.0.0.1:9/'])).code).toBe(3)
})

test('podctl exits 2 for wrong usage, and prints help and version with 0', async () => {
  for (const words of [[], ['bogus'], ['stop'], ['ready', '--force'], ['--bogus']]) {
    const { code, out, err } = await podctl(words)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(/^podctl: .*`podctl help` lists the commands\.\n$/)
  }
  expect((await podctl(['help'])).out).toContain('Usage: podctl <command>')
  const { code, out } = await podctl(['--version'])
  expect([code, out]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)])
})

test('podctl check judges keys and tokens by the rules of the services', async () => {
  const blind = await podctl(['check'], { START_SSHD: '1' })
  expect(blind.code).toBe(78)
  expect(blind.err).toContain('error: nobody can log in over SSH: no public key: set AUTHORIZED_KEYS')
  const wrong = await podctl(['check'], { START_SSHD: 'auto', PUBLIC_KEY: 'SHA256:0123456789' })
  expect(wrong.code).toBe(78)
  expect(wrong.err).toContain('error: nobody can log in over SSH: no public key: PUBLIC_KEY is a fingerprint')
  const off = await podctl(['check'], { START_SSHD: '0', PUBLIC_KEY: 'SHA256:0123456789' })
  expect(off.code).toBe(0)
  const { publicKey } = sshClient()
  const partly = await podctl(['check'], { START_SSHD: '1', PUBLIC_KEY: `"${publicKey}\nhello"` })
  expect(partly.code).toBe(0)
  expect(partly.err).toContain('warning: line 2 of PUBLIC_KEY is not a public key')
  expect(partly.err).toContain('warning: PUBLIC_KEY: the quotes around the whole value were taken off')
  const hub = await podctl(['check'], { HF_REPO_ID: 'me/run', HF_TOKEN: 'a-token-of-another-kind' })
  expect(hub.code).toBe(78)
  expect(hub.err).toContain('error: nothing is uploaded: HF_TOKEN does not start with hf_')
})

test('podctl check needs no podmate, masks secrets and exits 78 when something is wrong', async () => {
  const secret = 'a-very-secret-token'
  const good = await podctl(['check'], { API_TOKEN: secret, INFERENCE_API_PORT: '9000' })
  expect(good.code).toBe(0)
  expect(good.out).toMatch(/^INFERENCE_API_PORT +environment +9000$/m)
  expect(good.out).toMatch(/^API_TOKEN +environment +\*\*\*$/m)
  expect(good.out).toContain('The configuration is in order.')
  const bad = await podctl(['check'], {
    INFERENCE_API_PORT: 'many',
    LOG_FORMAT: 'xml',
    INFERENCE_API_PROT: '1',
  })
  expect(bad.code).toBe(78)
  expect(bad.err).toMatch(/^error: .*INFERENCE_API_PORT/m)
  expect(bad.err).toMatch(/^error: .*LOG_FORMAT/m)
  expect(bad.err).toMatch(/^warning: .*INFERENCE_API_PROT/m)
  expect(good.out + bad.out + bad.err).not.toContain(secret)
})
