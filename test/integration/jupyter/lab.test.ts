import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { descendants, listProcesses } from '../../../supervisor/process-table.ts'
import { sendSignal } from '../../fixtures/boot/send-signal.ts'
import { ask } from '../../fixtures/http/ask.ts'
import { podctl } from '../../fixtures/http/run-program.ts'
import { hostProxy } from '../../fixtures/jupyter/host-proxy.ts'
import { labVenv, noLab } from '../../fixtures/jupyter/lab-venv.ts'
import { generatedApiToken, httpAddress, labWithHttp } from '../../fixtures/jupyter/lab-with-http.ts'
import { listeners } from '../../fixtures/jupyter/listeners.ts'
import { askLab, type Client, inTerminal, newKernel, runCell } from '../../fixtures/jupyter/notebook.ts'
import { givenToken, type RunningLab } from '../../fixtures/jupyter/run-lab.ts'

const venvDir = labVenv()
const proxyHost = 'podid-8888.proxy.runpod.net'

describe('jupyter() with the real JupyterLab', () => {
  let lab: RunningLab
  let client: Client
  const folder = mkdtempSync(join(tmpdir(), 'podmate-jupyter-socket-'))
  const env = { PODMATE_SOCKET: join(folder, 'control.sock') }
  beforeAll(async () => {
    if (venvDir === undefined) return
    lab = await labWithHttp(venvDir, env.PODMATE_SOCKET)
    client = { address: lab.address, token: givenToken }
  })
  afterAll(async () => {
    await lab?.stop()
    rmSync(folder, { recursive: true })
  })
  beforeEach(({ skip }) => skip(venvDir === undefined, noLab))
  const pid = () => lab.status()?.pid ?? 0
  const tree = () => [pid(), ...descendants(pid(), listProcesses()).map((entry) => entry.pid)]

  test('jupyter-url waits until it is ready and prints an address that opens it', async () => {
    // podctl waits for Jupyter, not for the socket by which it asks.
    await expect.poll(() => lab.pod.state('http'), { timeout: 60_000 }).toBe('ready')
    const { code, out } = await podctl(['jupyter-url'], env)
    expect([code, out]).toEqual([0, `${lab.address}/lab?token=${givenToken}\n`])
    expect(lab.status()?.state).toBe('ready')
    const opened = await ask(lab.address, { path: `/lab?token=${givenToken}` })
    expect([opened.status, opened.text]).toEqual([200, expect.stringContaining('jupyter-config-data')])
  }, 180_000)

  test('jupyter-url prints the address of the proxy in a pod of RunPod', async () => {
    const { out } = await podctl(['jupyter-url'], { ...env, RUNPOD_POD_ID: 'podid' })
    expect(out).toBe(`https://podid-${lab.port}.proxy.runpod.net/lab?token=${givenToken}\n`)
  })

  test('jupyter-url tells nothing over TCP, not even to who has the token of podmate', async () => {
    const path = '/jupyter'
    const headers = { authorization: `Bearer ${generatedApiToken}` }
    expect((await ask(httpAddress(lab), { path })).status).toBe(401)
    const refused = await ask(httpAddress(lab), { path, headers })
    expect([refused.status, refused.text]).toEqual([403, expect.not.stringContaining(givenToken)])
    const afar = await podctl(['jupyter-url', '--url', httpAddress(lab), '--token', generatedApiToken])
    expect([afar.code, afar.out]).toEqual([1, ''])
    expect(afar.err).toContain('on the control socket only')
  })

  test('asks for the token, whatever the configuration files of the user say', async () => {
    expect((await askLab(client, 'GET', '/api/status')).json()).toMatchObject({ kernels: 0 })
    for (const path of ['/api/status', '/api/contents', '/api/kernels', '/api/status?token=wrong-token'])
      expect([path, (await ask(lab.address, { path })).status]).toEqual([path, 403])
    const login = await ask(lab.address, { path: '/lab' })
    expect([login.status, login.headers.location]).toEqual([302, expect.stringContaining('/login')])
  })

  test('takes files by its contents API, and deletes them for good', async () => {
    const path = '/api/contents/notes.txt'
    const model = { type: 'file', format: 'text', content: 'from my laptop\n' }
    expect((await askLab(client, 'PUT', path, model)).status).toBe(201)
    expect(readFileSync(join(lab.repo, 'notes.txt'), 'utf8')).toBe('from my laptop\n')
    expect((await askLab(client, 'GET', path)).json()).toMatchObject(model)
    expect((await askLab(client, 'GET', '/files/notes.txt')).text).toBe('from my laptop\n')
    expect((await askLab(client, 'DELETE', path)).status).toBe(204)
    expect(existsSync(join(lab.repo, 'notes.txt'))).toBe(false)
    expect(existsSync(join(lab.home, '.local/share/Trash'))).toBe(false)
  })

  test('runs a cell through a proxy that changes the Host header', async () => {
    const { port, server } = await hostProxy(lab.port, proxyHost)
    onTestFinished(() => void server.close())
    const browser = {
      ...{ address: `http://127.0.0.1:${port}`, token: givenToken },
      headers: { origin: 'https://another-name.example.org' },
    }
    expect((await askLab(browser, 'GET', '/api/status')).status).toBe(200)
    const kernel = await newKernel(browser)
    expect(await runCell(browser, kernel, 'print(6 * 7)')).toBe('42\n')
  }, 180_000)

  test('lets a browser work by the cookies that the address gave it, also after a restart', async () => {
    const opened = await ask(lab.address, { path: `/lab?token=${givenToken}` })
    const cookies = (opened.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0] ?? '')
    const xsrf = cookies.find((cookie) => cookie.startsWith('_xsrf='))?.slice('_xsrf='.length) ?? ''
    const browser = { cookie: cookies.join('; '), origin: 'https://another-name.example.org' }
    const post = (headers: object) =>
      ask(lab.address, { method: 'POST', path: '/api/terminals', headers: { ...browser, ...headers } })
    expect((await post({})).status).toBe(403)
    expect((await post({ 'x-xsrftoken': xsrf })).status).toBe(200)
    await lab.pod.pod.command('restart', 'jupyter', { force: false })
    await expect.poll(() => lab.status()?.state, { timeout: 60_000 }).toBe('ready')
    expect((await ask(lab.address, { path: '/api/status', headers: browser })).status).toBe(200)
  }, 180_000)

  test('gives kernels the environment that it got, and neither the token nor its marks', async () => {
    const kernel = await newKernel(client)
    const seen = await runCell(
      client,
      kernel,
      'import os, json; print(json.dumps([dict(os.environ), os.getcwd()]))',
    )
    const [environment, cwd] = JSON.parse(seen)
    expect(cwd).toBe(lab.repo)
    expect(environment).toMatchObject({ HOME: lab.home, PATH: `${venvDir}/bin:/usr/bin:/bin` })
    expect(JSON.stringify(environment)).not.toContain(givenToken)
  }, 180_000)

  test('opens terminals in REPO_DIR, with a login shell and the PATH of the pod', async () => {
    const shown = await inTerminal(client, 'echo "at=$PWD path=$PATH end=1"', /path=\/.* end=1/)
    expect(shown).toContain(`at=${lab.repo} `)
    expect(shown).toContain(`path=${venvDir}/bin:/usr/bin:/bin`)
  }, 180_000)

  test('shows its token nowhere: not in argv, environments, log or events', async () => {
    await ask(lab.address, { path: `/no/such?token=${givenToken}` })
    await ask(lab.address, { path: '/api/x', headers: { referer: `/lab?token=${givenToken}` } })
    await expect.poll(() => lab.lines().filter((line) => line.includes('404 GET')).length).toBeGreaterThan(0)
    for (const one of tree())
      for (const file of ['cmdline', 'environ'])
        expect(readFileSync(`/proc/${one}/${file}`, 'utf8')).not.toContain(givenToken)
    expect(lab.lines().join('\n')).not.toContain(givenToken)
    expect(JSON.stringify([lab.pod.events, lab.pod.pod.status()])).not.toContain(givenToken)
  })

  test('keeps the token in a folder that only its account may enter', () => {
    const place = join(lab.runDir, 'jupyter')
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
    expect([mode(place), mode(join(place, 'server.json'))]).toEqual(['700', '600'])
  })

  test('listens on the one address and port that it was given', () => {
    const listening = tree().flatMap((one) => listeners(one))
    expect(listening).toContain(`127.0.0.1:${lab.port}`)
    expect(listening.filter((address) => !address.startsWith('127.0.0.1:'))).toEqual([])
  })

  test('comes back after kill -9, without the kernels of before', async () => {
    const kernel = await newKernel(client)
    await runCell(client, kernel, '1')
    const before = tree()
    expect(before.length).toBeGreaterThan(2)
    sendSignal(pid(), 'SIGKILL')
    await expect.poll(() => lab.status()?.lastEnding?.signal, { timeout: 60_000 }).toBe('SIGKILL')
    expect(alive(before)).toEqual([])
    await expect.poll(() => lab.status()?.state, { timeout: 60_000 }).toBe('ready')
    expect((await askLab(client, 'GET', '/api/kernels')).json()).toEqual([])
  }, 180_000)

  test('ends with its kernels and terminals, leaves the port free and no token behind', async () => {
    await newKernel(client)
    await askLab(client, 'POST', '/api/terminals', {})
    const before = tree()
    expect(before.length).toBeGreaterThan(2)
    const result = await lab.pod.pod.command('stop', 'jupyter', { force: false })
    expect(result).toEqual({ ok: true, message: 'jupyter is stopped: stopped' })
    expect(alive(before)).toEqual([])
    expect(existsSync(lab.runDir)).toBe(false)
    await expect(ask(lab.address)).rejects.toThrow('ECONNREFUSED')
  }, 180_000)

  test('jupyter-url exits 1 with the reason when it is not ready', async () => {
    const { code, err } = await podctl(['jupyter-url'], env)
    expect([code, err]).toEqual([1, 'jupyter is stopped: stopped\n'])
  })
})

function alive(pids: readonly number[]): readonly number[] {
  return listProcesses().flatMap(({ pid }) => (pids.includes(pid) ? [pid] : []))
}
