import { once } from 'node:events'
import { createServer } from 'node:net'
import { beforeEach, describe, expect, test } from 'vitest'
import { connectedProcesses } from '../../../supervisor/port-owner.ts'
import { listProcesses } from '../../../supervisor/process-table.ts'
import { figures } from '../../fixtures/boot/figures.ts'
import { limitMs } from '../../fixtures/limit.ts'
import { hereWithKey } from '../../fixtures/sshd/here-with-key.ts'
import { needsSshd, type SshPod, startSshPod } from '../../fixtures/sshd/run-ssh-pod.ts'
import { sshClient } from '../../fixtures/sshd/ssh-client.ts'

const alive = (pid: number) => listProcesses().some((entry) => entry.pid === pid)

/** What an open session says to the next line that it is sent. */
async function echo(
  session: ReturnType<ReturnType<typeof sshClient>['open']>,
  line: string,
): Promise<string> {
  const answer = once(session.stdout ?? session, 'data')
  session.stdin?.write(`${line}\n`)
  return String((await answer)[0]).trim()
}

const msOf = (pod: SshPod, type: string) =>
  pod.events.findLast((event) => event.type === type)?.ms ?? Number.NaN

describe('sshd()', () => {
  beforeEach(needsSshd)

  test('keeps sessions open through a restart and a kill -9 of the listener, and ends all with the pod', async () => {
    const { client, pod } = await hereWithKey()
    // cat answers; beside it a process without its environment, and one that left the session and hears no TERM.
    const words = 'env -i sleep 1000 & (trap "" TERM; exec setsid sleep 1001) & echo $$ $!; exec cat'
    const session = client.open(pod.port, 'podrunner', words)
    const pids = String((await once(session.stdout ?? session, 'data'))[0])
      .trim()
      .split(' ')
      .map(Number)
    const tunnel = client.open(pod.port, 'root', '-N')
    await pod.line('Accepted publickey for root')
    pod.send('restart')
    await pod.ready(2)
    expect(await echo(session, 'after a restart')).toBe('after a restart')
    process.kill(pod.pid(), 'SIGKILL')
    await pod.ready(3)
    const backMs = msOf(pod, 'ready') - msOf(pod, 'ended')
    expect(backMs).toBeLessThan(limitMs(2000))
    expect(await echo(session, 'after a kill')).toBe('after a kill')
    expect(tunnel.exitCode).toBeNull()
    const family = await connectedProcesses(pod.port)
    expect(family.length).toBeGreaterThan(2)
    pod.send('shutdown')
    const startedMs = performance.now()
    expect(await pod.ended).toBe(0)
    figures('sshd', {
      'back after kill -9 ms': Math.round(backMs),
      'pod gone ms': Math.round(performance.now() - startedMs),
    })
    expect([...pids, ...family].filter(alive)).toEqual([])
    await Promise.all([session, tunnel].map((one) => one.exitCode ?? once(one, 'exit')))
  })

  test('says who has taken its port, and listens as soon as it is free', async () => {
    const client = sshClient()
    const server = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n')).listen(0)
    await once(server, 'listening')
    const { port } = server.address() as { port: number } // a listening TCP server has one
    const pod = await startSshPod({ port, keys: [{ variable: 'PUBLIC_KEY', text: client.publicKey }] })
    const ends = () => pod.events.flatMap((event) => (event.type === 'ended' ? [event.ending.reason] : []))
    await expect
      .poll(ends)
      .toEqual([expect.stringContaining(`port ${port} is taken by pid ${process.pid} (`)])
    server.close()
    await pod.ready()
    expect((await client.ssh(port, 'root', 'true')).code).toBe(0)
  })

  test('takes keys alone, and ends connections that have been dead for two minutes', async () => {
    const { client, pod } = await hereWithKey()
    const { out } = await client.ssh(pod.port, 'root', '/usr/sbin/sshd -T -f /run/podmate/ssh-*/sshd_config')
    const effective = out.split('\n')
    for (const line of [
      ...['clientaliveinterval 30', 'clientalivecountmax 4', 'passwordauthentication no', 'usepam no'],
      ...['kbdinteractiveauthentication no', 'permitrootlogin without-password', 'pubkeyauthentication yes'],
      ...['usedns no', 'strictmodes yes', 'printmotd no', 'permituserenvironment no', 'allowusers podrunner'],
    ])
      expect(effective).toContain(line)
  })

  test('writes no line about its own probes', async () => {
    const { pod } = await hereWithKey()
    // A second probe has come and gone when the period between two has passed twice.
    const probes = () => performance.now()
    const until = probes() + 1200
    await expect.poll(probes, { timeout: 60_000 }).toBeGreaterThan(until)
    expect(pod.log.filter((line) => line.includes('127.0.0.1'))).toEqual([])
  })
})
