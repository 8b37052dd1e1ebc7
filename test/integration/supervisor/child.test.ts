import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type ChildOptions, runChild } from '../../../supervisor/child.ts'
import { listProcesses } from '../../../supervisor/process-table.ts'
import type { Service } from '../../../supervisor/service.ts'
import { sendSignal } from '../../fixtures/boot/send-signal.ts'
import { fastTimings, type TestPod, testPod } from '../../fixtures/supervisor/test-pod.ts'

const fixtures = join(import.meta.dirname, '../../fixtures/supervisor')
const env = { PATH: process.env.PATH ?? '' }
const running: Array<{ pod: TestPod; done: Promise<void> }> = []

afterEach(async () => {
  for (const { pod, done } of running.splice(0)) {
    pod.pod.shutdown('test over')
    await done
  }
})

function service(options: Partial<ChildOptions> & { command: string }, rest: Partial<Service> = {}): Service {
  return { name: 'program', ...rest, run: (ctx) => runChild({ env, ...options }, ctx) }
}

function begin(services: readonly Service[], options: Parameters<typeof testPod>[0] = {}): TestPod {
  const pod = testPod(options)
  running.push({ pod, done: pod.pod.run(services) })
  return pod
}

const shell = (script: string, rest: Partial<Service> = {}) =>
  service({ command: '/bin/sh', args: ['-c', script] }, rest)
const lines = (pod: TestPod) => pod.pod.logLines('program', 1000).map((line) => line.text)
const alive = (pid: number) => listProcesses().some((entry) => entry.pid === pid)

describe('runChild()', () => {
  it('keeps the exit code and the signal of a task that fails', async () => {
    const pod = begin([shell('exit 7', { kind: 'task', restart: 'never' })])
    await expect.poll(() => pod.state('program')).toBe('failed')
    expect(pod.pod.status().services.program?.lastEnding).toEqual({
      ok: false,
      exitCode: 7,
      signal: null,
      reason: 'exit 7',
    })
  })

  it('calls an exit code of 0 completed', async () => {
    const pod = begin([shell('echo done', { kind: 'task' })])
    await expect.poll(() => pod.state('program')).toBe('completed')
    expect(lines(pod)).toContain('done')
  })

  it('gives programs of another account a umask that does not depend on how podmate was started', async ({
    skip,
  }) => {
    skip(process.getuid?.() !== 0, 'changing to another account needs root')
    const before = process.umask(0)
    try {
      const user = { uid: 65_534, gid: 65_534 }
      const other = service({ command: '/bin/sh', args: ['-c', 'umask'], user }, { kind: 'task' })
      const pod = begin([other, { ...shell('umask', { kind: 'task' }), name: 'own' }])
      await expect.poll(() => lines(pod)).toContain('0022')
      await expect.poll(() => pod.pod.logLines('own', 9).map(({ text }) => text)).toContain('0000')
    } finally {
      process.umask(before)
    }
  })

  it.each([
    [
      'a command that is not there',
      { command: 'no-such-program' },
      'exit 127: no-such-program: command not found (ENOENT)',
    ],
    [
      'a path that is not there',
      { command: '/no/such/program' },
      'exit 127: /no/such/program: command not found (ENOENT)',
    ],
    [
      'a file that is not executable',
      { command: '/etc/passwd' },
      'exit 126: /etc/passwd: not executable (EACCES)',
    ],
    [
      'a folder that is missing',
      { command: 'true', cwd: '/no/such/folder' },
      'exit 125: the working folder /no/such/folder is missing or may not be entered',
    ],
    [
      'a shell command that is not there',
      { command: '/bin/sh', args: ['-c', 'no-such-trainer --epochs 3'] },
      'exit 127: command not found',
    ],
  ])('says in words what is wrong with %s', async (_, options, reason) => {
    const pod = begin([service(options, { kind: 'task', restart: 'never' })])
    await expect.poll(() => pod.state('program')).toBe('failed')
    expect(pod.pod.status().services.program?.reason).toBe(reason)
  })

  it('ends the whole tree at stop: a grandchild that ignores TERM and one that called setsid', async () => {
    const pod = begin([shell(`sh ${fixtures}/stubborn-family.sh; exit 0`)])
    await expect.poll(() => lines(pod).filter((line) => line.startsWith('pid ')).length).toBe(3)
    const pids = lines(pod)
      .filter((line) => line.startsWith('pid '))
      .map((line) => Number(line.slice(4)))
    const result = await pod.pod.command('stop', 'program', { force: false })
    expect(result).toEqual({ ok: true, message: 'program is stopped: stopped' })
    expect(pids.filter(alive)).toEqual([])
  })

  it('kills a worker that outlives its leader before the next start, so that its port is free', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    server.close()
    const command = process.execPath
    const pod = begin([service({ command, args: [join(fixtures, 'leader-with-port.mjs'), String(port)] })])
    await expect.poll(() => lines(pod).filter((line) => line === 'bound').length, { timeout: 60_000 }).toBe(1)
    for (const round of [2, 3]) {
      sendSignal(pod.pod.status().services.program?.pid, 'SIGKILL')
      await expect
        .poll(() => lines(pod).filter((line) => line === 'bound').length, { timeout: 60_000 })
        .toBe(round)
    }
    expect(lines(pod).some((line) => line.includes('EADDRINUSE'))).toBe(false)
  })

  it('shows a program that is stopped by SIGSTOP as degraded, and does not kill it', async () => {
    const pod = begin([shell('exec sleep 60')], { timings: { ...fastTimings, probePeriodMs: 20 } })
    await expect.poll(() => pod.state('program')).toBe('ready')
    const pid = pod.pod.status().services.program?.pid
    sendSignal(pid, 'SIGSTOP')
    await expect.poll(() => pod.state('program')).toBe('degraded')
    expect(pod.pod.status().services.program?.reason).toContain('SIGSTOP')
    sendSignal(pid, 'SIGCONT')
    await expect.poll(() => pod.state('program')).toBe('ready')
    expect(pod.pod.status().services.program?.pid).toBe(pid)
  })

  it('kills a program whose liveness probe fails three times, and says which probe and why', async () => {
    let healthy = true
    const liveness = async () => {
      if (!healthy) throw new Error('it hangs')
    }
    const options = { command: '/bin/sh', args: ['-c', 'exec sleep 60'], liveness }
    const pod = begin([service(options)], { timings: { ...fastTimings, probePeriodMs: 20, probeStartMs: 5 } })
    await expect.poll(() => pod.state('program')).toBe('ready')
    healthy = false
    await expect.poll(() => pod.events.find((event) => event.type === 'killing')).toBeTruthy()
    const killing = pod.events.find((event) => event.type === 'killing')
    expect(killing?.type === 'killing' && killing.reason).toBe('liveness failed 3 times: it hangs')
    healthy = true
    await expect.poll(() => pod.pod.status().services.program?.restarts).toBeGreaterThan(0)
  })

  it('kills what ignores TERM when the grace period is over', async () => {
    const pod = begin([shell('trap "" TERM; echo armed; while :; do sleep 1; done')])
    await expect.poll(() => lines(pod)).toContain('armed')
    expect((await pod.pod.command('stop', 'program', { force: false })).ok).toBe(true)
    expect(pod.pod.status().services.program?.lastEnding?.signal).toBe('SIGKILL')
    expect(pod.trail()).toContain('program:killing')
  })

  it('reports a late death as restarting, never as ready', async () => {
    const pod = begin([shell('sleep 0.2; exit 3')], { timings: { ...fastTimings, backoffFirstMs: 300 } })
    await expect.poll(() => pod.state('program')).toBe('restarting')
    expect(pod.pod.status().services.program).toMatchObject({ state: 'restarting', reason: 'exit 3' })
  })

  it('raises the oom score of a program as it is told', async () => {
    const options = { command: '/bin/cat', args: ['/proc/self/oom_score_adj'], oomScoreAdj: 800 }
    const pod = begin([service(options, { kind: 'task', restart: 'never' })])
    await expect.poll(() => lines(pod)).toContain('800')
  })

  it('leaves a process that is not ours alone, although it looks alike', async () => {
    const stranger = spawn('/bin/sh', ['-c', 'exec sleep 60'], { detached: true })
    try {
      const pod = begin([shell('exec sleep 60')])
      await expect.poll(() => pod.state('program')).toBe('ready')
      await pod.pod.command('stop', 'program', { force: false })
      expect(alive(stranger.pid ?? 0)).toBe(true)
    } finally {
      stranger.kill('SIGKILL')
    }
  })
})
