import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Reading, SignalName } from '../../../../services/autostop/signal.ts'
import { type SignalPod, startSignalPod } from '../../../fixtures/autostop/run-signal-pod.ts'
import { freePort } from '../../../fixtures/jupyter/free-port.ts'
import { needsSshd } from '../../../fixtures/sshd/run-ssh-pod.ts'
import { temporaryFolder } from '../../../fixtures/state/temporary-folder.ts'

const minute = 60_000
const hour = 60 * minute
const patience = { timeout: 60_000, interval: 300 }

/** Waits for a reading of this kind. */
const becomes = (pod: SignalPod, name: SignalName, expected: Partial<Reading> | object) =>
  expect.poll(() => pod.read(name), patience).toMatchObject(expected)

/** A session with a terminal, in which something has been printed. */
async function terminal(pod: SignalPod, ...command: readonly string[]) {
  const child = pod.client.open(pod.port, 'root', '-tt', ...command)
  await once(child.stdout ?? child, 'data')
  return child
}

describe('sshSignal()', () => {
  beforeEach(needsSshd)

  test('is quiet when nobody is connected, and with a tunnel', async () => {
    const pod = await startSignalPod()
    expect(await pod.read('ssh')).toMatchObject({ state: 'quiet', evidence: 'nobody is connected' })
    pod.client.open(pod.port, 'root', '-N', '-L', `${await freePort()}:127.0.0.1:${pod.port}`)
    await becomes(pod, 'ssh', { state: 'quiet', evidence: 'no terminal; 1 idle connection' })
  })

  test('is active while somebody types, and quiet when nobody does, also on a dead connection', async () => {
    const pod = await startSignalPod()
    const session = await terminal(pod)
    await becomes(pod, 'ssh', {
      state: 'active',
      evidence: expect.stringMatching(/^root opened pts\/0 \d+ s ago$/),
    })
    const before = await pod.read('ssh', 10 * minute)
    expect(before).toMatchObject({
      state: 'quiet',
      evidence: 'root opened pts/0 10 min ago',
    })
    // The kernel moves the time of input every 8 s.
    const typing = () => {
      session.stdin?.write('true\n')
      return pod.read('ssh')
    }
    await expect.poll(typing, patience).toMatchObject({
      state: 'active',
      evidence: expect.stringMatching(/^root typed \d s ago on pts\/0$/),
    })
    session.kill('SIGSTOP')
    expect((await pod.read('ssh', 10 * minute)).state).toBe('quiet')
  })

  test('counts output for two hours after the last input, and not longer', async () => {
    const pod = await startSignalPod()
    await terminal(pod, 'while :; do date; sleep 0.2; done')
    expect((await pod.read('ssh')).state).toBe('active')
    // The kernel moves the time of output every 8 s.
    await pod.read('ssh', hour)
    await becomes(pod, 'ssh', {
      state: 'active',
      evidence: expect.stringMatching(/^pts\/0 printed .* opened it 60 min ago/),
    })
    await pod.read('ssh', 2 * hour)
    await becomes(pod, 'ssh', {
      state: 'quiet',
      evidence: expect.stringMatching(/^pts\/0 prints, but root opened it 3 h ago/),
    })
  })

  test('is active while a command without a terminal works, and quiet while it sleeps', async () => {
    const pod = await startSignalPod()
    const sleeper = pod.client.open(pod.port, 'root', 'echo up; exec sleep 1000')
    await once(sleeper.stdout ?? sleeper, 'data')
    await becomes(pod, 'ssh', { state: 'quiet', evidence: 'no terminal; 1 idle connection' })
    pod.client.open(pod.port, 'root', 'exec python3 -c "while True: pass"')
    await becomes(pod, 'ssh', {
      state: 'active',
      evidence: expect.stringMatching(/^python3 and others that came by SSH use \d+ % of a core$/),
    })
  })

  test('is active while what a session left behind works', async () => {
    const pod = await startSignalPod()
    const busy = 'setsid timeout 30 sh -c "while :; do :; done" >/dev/null 2>&1 & echo $!'
    const { out } = await pod.client.ssh(pod.port, 'root', busy)
    await becomes(pod, 'ssh', {
      state: 'active',
      evidence: expect.stringMatching(/^sh and others that came by SSH/),
    })
    process.kill(Number(out))
    await becomes(pod, 'ssh', { state: 'quiet' })
  })

  test.each(['scp', 'rsync', 'sftp'])('is active while %s moves bytes', async (program) => {
    const pod = await startSignalPod()
    const folder = temporaryFolder()
    const file = join(folder, 'big')
    writeFileSync(file, Buffer.alloc(1_200_000, 'x'))
    await pod.read('ssh')
    const running = pod.client.run(
      program,
      wordsOf(program, pod, file, join(folder, 'copy')),
      `put ${file} ${folder}/copy\n`,
    )
    const name = program === 'rsync' ? 'rsync' : 'sftp-server'
    await becomes(pod, 'ssh', {
      state: 'active',
      evidence: expect.stringMatching(new RegExp(`^${name} moved .* in \\d+ s$`)),
    })
    expect((await running).code).toBe(0)
  })

  test('is quiet while sftp is open and moves nothing', async () => {
    const pod = await startSignalPod()
    pod.client.open(pod.port, 'root', '-s', 'sftp')
    await becomes(pod, 'ssh', {
      state: 'quiet',
      evidence: 'no terminal; 1 idle connection, 1 transfer that moves nothing',
    })
  })
})

/** About 300 kB a second. */
function wordsOf(
  program: string,
  { client, port }: SignalPod,
  file: string,
  copy: string,
): readonly string[] {
  if (program === 'scp')
    return [...client.options, '-l', '2400', '-P', `${port}`, file, `root@127.0.0.1:${copy}`]
  if (program === 'sftp') return [...client.options, '-l', '2400', '-P', `${port}`, 'root@127.0.0.1']
  const shell = ['ssh', ...client.options, '-p', `${port}`].join(' ')
  return ['--bwlimit=300', '-e', shell, file, `root@127.0.0.1:${copy}`]
}

describe('processesSignal()', () => {
  beforeEach(needsSshd)

  test('is active while a program runs that was named, and not for who only reads its log', async () => {
    const pod = await startSignalPod(['train.py', 'sshd'])
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'train.py'), 'import time\nprint("up", flush=True)\ntime.sleep(60)\n')
    writeFileSync(join(folder, 'train.py.log'), 'up\n')
    const reader = pod.client.open(pod.port, 'root', `tail -f ${folder}/train.py.log`)
    await once(reader.stdout ?? reader, 'data')
    expect(await pod.read('processes')).toMatchObject({
      state: 'quiet',
      evidence: 'not running: train.py, sshd',
    })
    const trainer = pod.client.open(pod.port, 'root', `python3 -u ${folder}/train.py`)
    await once(trainer.stdout ?? trainer, 'data')
    expect(await pod.read('processes')).toMatchObject({
      state: 'active',
      evidence: expect.stringMatching(/^train\.py runs \(pid \d+\)$/),
    })
  })
})
