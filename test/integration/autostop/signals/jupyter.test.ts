import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Signal } from '../../../../services/autostop/signal.ts'
import { jupyterSignal } from '../../../../services/autostop/signals/jupyter.ts'
import { processSnapshots } from '../../../../services/autostop/signals/process-snapshot.ts'
import { sharedTerminals } from '../../../../services/autostop/signals/shared-terminals.ts'
import { monotonicMs } from '../../../../supervisor/time.ts'
import { labVenv, noLab } from '../../../fixtures/jupyter/lab-venv.ts'
import { askLab, type Client, newKernel, runCell } from '../../../fixtures/jupyter/notebook.ts'
import { givenToken, type RunningLab, runLab } from '../../../fixtures/jupyter/run-lab.ts'

const venvDir = labVenv()
const minute = 60_000
const hour = 60 * minute
const patience = { timeout: 60_000, interval: 300 }

/** A websocket as a browser opens it; closed after all tests. */
async function websocket(client: Client, path: string): Promise<WebSocket> {
  const headers = { authorization: `token ${client.token}` }
  const socket = new WebSocket(`${client.address.replace('http', 'ws')}${path}`, { headers })
  await once(socket, 'open')
  return socket
}

/** Waits until the server has seen everything of what its kernels did. */
async function settled(client: Client): Promise<void> {
  let known = ''
  const isSame = async () => {
    const before = known
    known = (await askLab(client, 'GET', '/api/kernels')).text
    return known === before
  }
  await expect.poll(isSame, { ...patience, interval: 500 }).toBe(true)
}

function kernelInfoRequest(): string {
  const header = {
    msg_id: randomUUID(),
    session: 's',
    username: '',
    msg_type: 'kernel_info_request',
    version: '5.3',
  }
  return JSON.stringify({
    header,
    parent_header: {},
    metadata: {},
    content: {},
    channel: 'shell',
    buffers: [],
  })
}

describe.skipIf(!venvDir)(`jupyterSignal()${venvDir ? '' : `: ${noLab}`}`, () => {
  let lab: RunningLab
  let client: Client
  let signal: Signal
  let aheadMs = 0
  const over = new AbortController()
  /** As if so many ms more had passed since the last reading. */
  const read = (moreMs = 0) => {
    aheadMs += moreMs
    return signal.read(monotonicMs() + aheadMs, over.signal)
  }

  beforeAll(async () => {
    lab = await runLab({ venvDir: venvDir ?? '' })
    const { pod } = lab.pod
    client = { address: lab.address, token: givenToken }
    const snapshot = processSnapshots(pod, 1000)
    const terminals = sharedTerminals(snapshot, { warnedMs: () => undefined })
    signal = jupyterSignal({
      ...{ pod, snapshot, over: over.signal, recentMs: 2000, clock: () => monotonicMs() + aheadMs },
      terminals: (nowMs) => terminals(nowMs).filter(({ origin }) => origin === 'jupyter'),
      address: () => ({ url: `${lab.address}/`, token: givenToken }),
    })
  })

  afterAll(async () => {
    over.abort()
    await lab.stop()
  }, 180_000)

  test('is quiet while Jupyter starts, and without a kernel', async () => {
    expect(await read()).toMatchObject({
      state: 'quiet',
      evidence: expect.stringMatching(/^Jupyter is (waiting|starting)/),
    })
    await expect.poll(() => lab.status()?.state, { timeout: 60_000 }).toBe('ready')
    await expect.poll(() => read(), patience).toMatchObject({ state: 'quiet', evidence: 'no kernel runs' })
  }, 180_000)

  test('is quiet with a browser that is only open', async () => {
    const kernel = await newKernel(client)
    await runCell(client, kernel, '1')
    await settled(client)
    const socket = await websocket(client, `/api/kernels/${kernel}/channels?session_id=${randomUUID()}`)
    let answers = 0
    socket.addEventListener('message', () => {
      answers += 1
    })
    await read()
    const before = await read(10 * minute)
    for (const path of ['kernels', 'terminals', 'sessions', 'contents', 'status', 'me'])
      expect((await askLab(client, 'GET', `/api/${path}`)).status).toBe(200)
    socket.send(kernelInfoRequest())
    await expect.poll(() => answers).toBeGreaterThan(0)
    expect(await read()).toEqual({
      state: 'quiet',
      lastActiveMs: before.lastActiveMs,
      evidence: expect.stringMatching(
        /^a kernel \(python3\) was last used 10 min ago \(1 open tab alone would be no use\)$/,
      ),
    })
    socket.close()
  })

  test('is active while a cell runs, and when one has run', async () => {
    const kernel = await newKernel(client)
    await read(10 * minute)
    const cell = runCell(client, kernel, 'import time; time.sleep(3)')
    await expect.poll(() => read(), patience).toMatchObject({ state: 'active', evidence: '1 kernel busy' })
    await cell
    await expect
      .poll(() => read(), patience)
      .toMatchObject({ state: 'active', evidence: expect.stringMatching(/last used \d s ago/) })
    expect((await read(10 * minute)).state).toBe('quiet')
  })

  test('is active when a file was saved', async () => {
    await read(10 * minute)
    const model = { type: 'file', format: 'text', content: 'x' }
    await askLab(client, 'PUT', '/api/contents/notes.txt', model)
    await expect
      .poll(() => read(), patience)
      .toMatchObject({
        state: 'active',
        evidence: expect.stringMatching(/^a file was saved in Jupyter \d s ago$/),
      })
  })

  test('is active while somebody types on a terminal, and not for ever when it only prints', async () => {
    const { name } = (await askLab(client, 'POST', '/api/terminals', {})).json()
    const socket = await websocket(client, `/terminals/websocket/${name}`)
    await read(10 * minute)
    const typing = () => {
      socket.send(JSON.stringify(['stdin', 'true\r']))
      return read()
    }
    await expect
      .poll(typing, patience)
      .toMatchObject({ state: 'active', evidence: expect.stringContaining('typed') })
    socket.send(JSON.stringify(['stdin', 'while :; do date; sleep 0.2; done\r']))
    await read(hour)
    await expect
      .poll(() => read(), patience)
      .toMatchObject({ state: 'active', evidence: expect.stringContaining('printed') })
    await read(2 * hour)
    await expect.poll(() => read(), patience).toMatchObject({ state: 'quiet' })
    socket.send(JSON.stringify(['stdin', '\u0003']))
    socket.close()
  })

  test('is active while what was left running in a terminal works', async () => {
    const { name } = (await askLab(client, 'POST', '/api/terminals', {})).json()
    const socket = await websocket(client, `/terminals/websocket/${name}`)
    let shown = ''
    socket.addEventListener('message', ({ data }) => {
      shown += String(data)
    })
    const busy = 'echo left-$$; exec </dev/null >/dev/null 2>&1; while :; do :; done'
    socket.send(JSON.stringify(['stdin', `setsid sh -c '${busy}' &\r`]))
    await expect.poll(() => shown, patience).toMatch(/left-\d+/)
    socket.close()
    await askLab(client, 'DELETE', `/api/terminals/${name}`)
    await read(10 * minute)
    await expect
      .poll(() => read(), patience)
      .toMatchObject({
        state: 'active',
        evidence: expect.stringMatching(/^sh and others in Jupyter use \d+ % of a core$/),
      })
  })

  test('is unknown when Jupyter does not answer', async () => {
    const pid = lab.status()?.pid ?? 0
    await read(10 * minute)
    process.kill(pid, 'SIGSTOP')
    const reading = await read()
    process.kill(pid, 'SIGCONT')
    expect(reading).toMatchObject({
      state: 'unknown',
      evidence: 'Jupyter cannot be asked: no answer for 4 s',
    })
  }, 180_000)
})
