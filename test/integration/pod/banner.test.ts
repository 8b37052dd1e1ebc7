import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { figures } from '../../fixtures/boot/figures.ts'
import { gitServer } from '../../fixtures/bootstrap/git-server.ts'
import { labVenv } from '../../fixtures/jupyter/lab-venv.ts'
import { limitMs } from '../../fixtures/limit.ts'
import { untilBanner } from '../../fixtures/pod/banner.ts'
import { busyPip } from '../../fixtures/pod/busy-pip.ts'
import { machine } from '../../fixtures/pod/machine.ts'
import { wholePod } from '../../fixtures/pod/whole-pod.ts'
import { needsSshd } from '../../fixtures/sshd/run-ssh-pod.ts'
import { sshClient } from '../../fixtures/sshd/ssh-client.ts'
import { bindfs, noBindfs } from '../../fixtures/state/mounts.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const withoutBindfs = noBindfs()
const megabytes = Number(process.env.POD_PIP_MEGABYTES ?? 64)
const starts = 5

beforeEach(needsSshd)
beforeEach(({ skip }) => skip(withoutBindfs !== undefined, withoutBindfs))

test('sshd greets and lets in at once, while git hangs, pip writes and the state folder hangs', async () => {
  const volume = await bindfs()
  mkdirSync(join(volume.mounted, 'state'))
  const server = await gitServer(temporaryFolder())
  const venv = labVenv()
  const pip = await busyPip(venv ? join(venv, 'bin/python') : 'python3', megabytes)
  const [on, client] = [await machine(), sshClient()]
  volume.process.kill('SIGSTOP')
  const bannerMs: number[] = []
  const hostKeys = new Set<string>()
  for (let count = 1; count <= starts; count += 1) {
    server.faults.push(...Array<'hang'>(10).fill('hang'))
    const env = { REPO_URL: server.url('hangs.git'), POD_STATE_DIR: join(volume.mounted, 'state') }
    const pod = await wholePod(env, { on, client })
    bannerMs.push(await untilBanner(pod.sshPort, pod.bornMs))
    expect((await client.ssh(pod.sshPort, 'podrunner', 'echo in')).out).toBe('in\n')
    await expect.poll(() => server.requests.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(count)
    hostKeys.add(JSON.stringify((await pod.status()).services.sshd?.details?.host_keys))
    expect(await pod.state('bootstrap')).toBe('starting')
    expect(await pod.state('state')).not.toBe('ready')
    await pod.destroy()
  }
  const sorted = bannerMs.map(Math.round).sort((a, b) => a - b)
  const median = sorted[Math.floor(starts / 2)] ?? Number.NaN
  figures('sshd banner with everything else hanging', {
    'median, ms': median,
    'slowest, ms': sorted.at(-1) ?? Number.NaN,
    starts,
    'installs of pip meanwhile': pip.installs(),
    'megabytes each': megabytes,
  })
  expect([...hostKeys]).toEqual([expect.stringContaining('SHA256:')]) // the same host, though its volume hangs
  expect(pip.isRunning()).toBe(true)
  expect(median).toBeLessThan(limitMs(1000))
  await server.close()
}, 180_000)
