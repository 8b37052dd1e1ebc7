import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { isOver, readProcess } from '../../../supervisor/process-table.ts'
import { figures } from '../../fixtures/boot/figures.ts'
import { closedClone } from '../../fixtures/closed-clone.ts'
import { machine } from '../../fixtures/pod/machine.ts'
import { openSession } from '../../fixtures/pod/ssh-session.ts'
import { needsDoors, type WholePod, wholePod } from '../../fixtures/pod/whole-pod.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

beforeEach(({ skip }) => skip(closedClone() !== undefined, closedClone()))
beforeEach(needsDoors)

/** Writes its pid when it starts, and `two` with the pid of one that did so before and still runs. */
const trainer = (folder: string) =>
  [
    `cd ${folder}`,
    // A process that is just ending has no command line any more, and another one may have got the number.
    'for pid in $(cat runs 2>/dev/null); do ! grep -qs "sleep 1000 & wait" /proc/$pid/cmdline || echo "two: $pid" >> runs; done',
    'echo $$ >> runs',
    'sleep 1000 & wait $!',
  ].join('\n')

const pidOf = async (pod: WholePod) => (await pod.status()).pid

const isAlive = (pid: string | undefined) => {
  const entry = readProcess(Number(pid))
  return entry !== undefined && !isOver(entry)
}

/** Kills the supervisor alone; gives how long it was until another one served, in milliseconds. */
async function crash(pod: WholePod): Promise<number> {
  const before = await pidOf(pod)
  process.kill(before, 'SIGKILL')
  const startMs = performance.now()
  const now = () => pidOf(pod).catch(() => before)
  await expect.poll(now, { timeout: 60_000, interval: 20 }).not.toBe(before)
  return performance.now() - startMs
}

test('a killed supervisor comes back: sessions live on, and there are never two trainers', async () => {
  const on = await machine()
  const shim = { ...on, wrapper: [...on.wrapper, '/bin/sh', 'boot/shim.sh'] }
  const folder = temporaryFolder()
  on.run(`chmod 1777 ${folder}`)
  const pod = await wholePod({ TRAIN_COMMAND: trainer(folder), START_JUPYTER: '1' }, { on: shim })
  await pod.allReady()
  const session = openSession(pod)
  expect(await session.say('hello')).toBe('hello')
  const runs = () => readFileSync(join(folder, 'runs'), 'utf8').trim().split('\n')
  await expect.poll(() => runs().length).toBe(1)

  const times: number[] = []
  for (const round of [1, 2]) {
    times.push(await crash(pod))
    await pod.allReady(30_000)
    expect(await session.say('still here')).toBe('still here')
    expect(await pod.client.ssh(pod.sshPort, 'podrunner', 'echo in')).toMatchObject({ code: 0, out: 'in\n' })
    await expect.poll(runs, { timeout: 60_000 }).toHaveLength(round + 1)
    expect((await pod.status()).warnings.join()).toContain('podmate was killed')
  }
  const pids = runs()
  expect(pids.join()).not.toContain('two')
  expect(pids.map(isAlive)).toEqual([false, false, true])
  figures('supervisor killed', { 'back after, ms': times.map(Math.round).join(' ') })
  expect(await pod.stop()).toMatchObject({ code: 0 })
  expect(pids.map(isAlive)).toEqual([false, false, false])
}, 180_000)
