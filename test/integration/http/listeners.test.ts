import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, lstat, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { groupSocket } from '../../../services/http/listening/socket-paths.ts'
import { ask } from '../../fixtures/http/ask.ts'
import { runHttp } from '../../fixtures/http/run-http.ts'
import { useHttp } from '../../fixtures/http/use-http.ts'

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'podmate-listen-'))
  onTestFinished(() => rm(made, { recursive: true, force: true }))
  return made
}

/** Another program that holds a port or a socket until it is killed. */
async function holder(
  listenOn: string,
): Promise<{ readonly pid: number; readonly at: string; end(signal?: NodeJS.Signals): Promise<void> }> {
  const code = `const s = require('net').createServer().listen(${listenOn}, () => console.log(s.address().port ?? 'up'))`
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const [line] = await once(child.stdout, 'data')
  const end = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    await exited
  }
  onTestFinished(() => end())
  return { pid: child.pid ?? 0, at: String(line).trim(), end }
}

test('http serves the same routes on the control socket and on TCP', async () => {
  const { address, socketPath, said } = await useHttp()
  expect((await ask(address, { path: '/status' })).json().services).toHaveProperty('trainer')
  expect((await ask(socketPath, { path: '/status' })).json().services).toHaveProperty('trainer')
  await expect.poll(() => said).toEqual(['ready'])
})

test('the control socket is for its owner only; those of its group have one beside it, which tells no secret', async () => {
  const group = process.getgid?.() ?? 0
  const { socketPath, address } = await useHttp({ socketGroup: group })
  const theirs = groupSocket(socketPath)
  const modes = await Promise.all([socketPath, theirs].map((path) => stat(path)))
  expect(modes.map(({ mode, gid }) => [mode & 0o777, gid])).toEqual([
    [0o600, group],
    [0o660, group],
  ])
  expect((await stat(join(socketPath, '..'))).mode & 0o777).toBe(0o710)
  const status = async (where: string, path: string, method = 'GET') =>
    (await ask(where, { path, method })).status
  expect([await status(socketPath, '/token'), await status(theirs, '/token')]).toEqual([200, 403])
  expect((await ask(theirs, { path: '/token' })).json().detail).toContain("podmate's own account only")
  expect(await status(theirs, '/status')).toBe(200)
  expect(await status(theirs, '/services/trainer/restart', 'POST')).toBe(200)
  expect(await status(address, '/token')).toBe(401)
})

test('http names the owner of a taken port, serves on the socket, and takes the port when it is free', async () => {
  const other = await holder("{ port: 0, host: '127.0.0.1' }")
  const port = Number(other.at)
  const running = await runHttp({ port, timings: { retryFirstMs: 50, retryCapMs: 100 } })
  onTestFinished(() => running.stop())
  await expect
    .poll(() => running.said.join('\n'))
    .toContain(`not ready: port ${port} is taken by pid ${other.pid} (`)
  expect(running.said.join('\n')).toContain("require('net')")
  const status = (await ask(running.socketPath, { path: '/status' })).json()
  expect(status.services.http).toMatchObject({ state: 'degraded' })
  await other.end()
  expect(await running.url).toBe(`http://127.0.0.1:${port}`)
  await expect.poll(() => running.said.at(-1)).toBe('ready')
})

test('http ends at once while it waits for a port', async () => {
  const other = await holder("{ port: 0, host: '127.0.0.1' }")
  const running = await runHttp({
    port: Number(other.at),
    timings: { retryFirstMs: 60_000, retryCapMs: 60_000 },
  })
  await expect.poll(() => running.said).toHaveLength(1)
  await running.stop()
  await expect(running.url).rejects.toThrow('http has ended')
})

test('http says which address it cannot listen on', async () => {
  const running = await runHttp({ host: '192.0.2.1', timings: { retryFirstMs: 50, retryCapMs: 50 } })
  onTestFinished(() => running.stop())
  await expect.poll(() => running.said[0]).toContain('not ready: 192.0.2.1 is not an address of this machine')
})

test('http without a usable port serves on the socket and says why', async () => {
  const running = await runHttp({ port: undefined, portProblem: 'INFERENCE_API_PORT must be a whole number' })
  onTestFinished(() => running.stop())
  await expect.poll(() => running.said).toContain('not ready: INFERENCE_API_PORT must be a whole number')
  expect((await ask(running.socketPath, { path: '/healthz' })).status).toBe(200)
})

test('http takes over the socket that a killed podmate has left', async () => {
  const path = join(await folder(), 'control.sock')
  const dead = await holder(JSON.stringify(path))
  await dead.end('SIGKILL')
  expect((await lstat(path)).isSocket()).toBe(true)
  await useHttp({ socketPaths: [path] })
  expect((await ask(path, { path: '/healthz' })).status).toBe(200)
})

test('http refuses the socket of a living podmate and leaves it alone', async () => {
  const { socketPath } = await useHttp()
  const second = await runHttp({ socketPaths: [socketPath] })
  await expect(second.ended).rejects.toMatchObject({
    code: 'ALREADY_RUNNING',
    message: `another podmate answers at ${socketPath}`,
  })
  expect((await ask(socketPath, { path: '/healthz' })).status).toBe(200)
})

test('http leaves nothing behind when it fails, or is stopped, before it listens', async () => {
  const { socketPath, address } = await useHttp()
  const other = await holder("{ port: 0, host: '127.0.0.1' }")
  const port = Number(other.at)
  const failed = await runHttp({
    port,
    socketPaths: [socketPath],
    timings: { retryFirstMs: 50, retryCapMs: 50 },
  })
  await expect(failed.ended).rejects.toThrow('another podmate answers')
  await other.end()
  for (let round = 0; round < 10; round += 1) {
    const hasty = await runHttp({ port })
    for (let turn = 0; turn < round * 20; turn += 1) await new Promise(setImmediate)
    await hasty.stop()
    await expect(lstat(hasty.socketPath)).rejects.toThrow('ENOENT')
  }
  await expect(ask(`http://127.0.0.1:${port}`)).rejects.toThrow('ECONNREFUSED')
  expect((await ask(address, { path: '/healthz' })).status).toBe(200)
})

test('http falls back to the next socket path and removes nothing that is not a socket', async () => {
  const root = await folder()
  await writeFile(join(root, 'file'), 'mine')
  await mkdir(join(root, 'open'))
  await chmod(join(root, 'open'), 0o777)
  const good = join(root, 'good', 'c.sock')
  const bad = [
    join(root, 'file'),
    join(root, 'file', 'c.sock'),
    join(root, 'open', 'c.sock'),
    `/${'x'.repeat(200)}/c`,
  ]
  await useHttp({ socketPaths: [...bad, good] })
  expect((await ask(good, { path: '/healthz' })).status).toBe(200)
  expect((await stat(join(root, 'file'))).isFile()).toBe(true)
})

test('http serves on TCP when no control socket can be had, and says so', async () => {
  const root = await folder()
  await writeFile(join(root, 'file'), '')
  const { address, said } = await useHttp({ socketPaths: [join(root, 'file', 'c.sock')] })
  expect((await ask(address, { path: '/healthz' })).status).toBe(200)
  await expect.poll(() => said.at(-1)).toContain('not ready: no control socket, so podctl cannot reach this')
})

test('http leaves no port bound, no socket file and no handle behind, twenty times over', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = (server.address() as { port: number }).port // a listening TCP server has one
  server.close()
  const handles = () =>
    process.getActiveResourcesInfo().filter((name) => /TCP|Pipe(Server)?Wrap/.test(name)).length
  let before = 0
  for (let round = 0; round < 20; round += 1) {
    const running = await runHttp({ port })
    expect(await running.url).toBe(`http://127.0.0.1:${port}`)
    await expect.poll(() => running.said).toContain('ready')
    expect((await ask(running.socketPath, { path: '/healthz' })).status).toBe(200)
    await running.stop()
    await expect(lstat(running.socketPath)).rejects.toThrow('ENOENT')
    await expect(ask(`http://127.0.0.1:${port}`)).rejects.toThrow('ECONNREFUSED')
    if (round === 0) before = handles()
  }
  await expect.poll(handles).toBeLessThanOrEqual(before)
})
