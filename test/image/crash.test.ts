import { expect, test } from 'vitest'
import { figures } from '../fixtures/boot/figures.ts'
import { openSession } from '../fixtures/pod/ssh-session.ts'
import { sshClient } from '../fixtures/sshd/ssh-client.ts'
import { ImagePod } from './image-pod.ts'
import { newVolume } from './volume.ts'

/** Writes its pid at its start, and `two` when one that did so before is still alive. */
const trainer = [
  'for pid in $(cat /tmp/runs 2>/dev/null); do ! grep -qs "^State:[[:space:]]*[RSDTtI]" /proc/$pid/status || echo two >> /tmp/runs; done',
  'echo $$ >> /tmp/runs',
  'sleep 1000 & wait $!',
].join('\n')
const doors = ['sshd', 'http', 'inference', 'jupyter'] as const
/** How many crashes in ten minutes the shim makes good; the next one ends the container. */
const crashesOfShim = 5

function podWith(client: ReturnType<typeof sshClient>, volume: string, env = {}): ImagePod {
  return new ImagePod({ env: { PUBLIC_KEY: client.publicKey, RUNPOD_POD_ID: 'p1', ...env }, volume })
}

/** All that runs but PID 1 and the shim. */
function victims(pod: ImagePod): readonly number[] {
  const shim = pod.processes().find(({ parent }) => parent === pod.init)
  return pod.processes().flatMap(({ pid }) => (pid === shim?.pid ? [] : [pid]))
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // gone meanwhile
  }
}

test('with everything killed but PID 1 and the shim, ten times, the image comes back or ends as declared', async () => {
  const client = sshClient()
  const volume = newVolume()
  let pod = podWith(client, volume)
  const times: number[] = []
  for (let round = 1; round <= 10; round += 1) {
    await pod.ready(...doors)
    expect(await client.ssh(22, 'root', 'echo in')).toMatchObject({ code: 0, out: 'in\n' })
    const before = await pod.status()
    expect(before.warnings.join().includes('podmate was killed')).toBe(
      ![1, crashesOfShim + 2].includes(round),
    )
    const startMs = performance.now()
    for (const pid of victims(pod)) kill(pid)
    if (round === crashesOfShim + 1) {
      expect((await pod.ended).code).toBe(128 + 9)
      pod = podWith(client, volume)
      continue
    }
    const pid = async () => (await pod.status().catch(() => before)).pid
    await expect.poll(pid, { timeout: 60_000, interval: 50 }).not.toBe(before.pid)
    times.push(performance.now() - startMs)
  }
  await pod.ready(...doors)
  expect((await pod.exec('ps -eo stat= | grep -c ^Z')).out.trim()).toBe('0')
  figures('all killed', { 'podmate serves again after, ms': times.map(Math.round).join(' ') })
  expect((await pod.stop()).code).toBe(0)
}, 300_000)

test('with Node itself killed, open SSH sessions live on and there are never two trainers', async () => {
  const client = sshClient()
  const volume = newVolume('chess-bot')
  const pod = podWith(client, volume, { TRAIN_COMMAND: trainer })
  await pod.ready(...doors, 'trainer')
  const session = openSession({ client, sshPort: 22 }, 'exec cat', 'runner')
  const runs = async () => (await pod.exec('cat /tmp/runs')).out.trim().split('\n')
  for (const round of [1, 2, 3]) {
    await expect.poll(async () => (await runs()).length, { timeout: 60_000 }).toBe(round)
    expect(await session.say(`round ${round}`)).toBe(`round ${round}`)
    const { pid } = await pod.status()
    await pod.exec(`kill -9 ${pid}`)
    const now = async () => (await pod.status().catch(() => ({ pid }))).pid
    await expect.poll(now, { timeout: 60_000, interval: 50 }).not.toBe(pid)
    await pod.ready(...doors, 'trainer')
  }
  expect(await session.say('still here')).toBe('still here')
  const pids = await runs()
  expect(pids).not.toContain('two')
  const alive = async () => (await pod.exec(`ps -o pid= -p ${pids.join()}`)).out.trim()
  expect(await alive()).toBe(pids.at(-1))
}, 180_000)
