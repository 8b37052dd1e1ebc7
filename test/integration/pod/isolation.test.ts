import { beforeEach, describe, expect, test } from 'vitest'
import { figures } from '../../fixtures/boot/figures.ts'
import { closedClone } from '../../fixtures/closed-clone.ts'
import { newKernel, runCell } from '../../fixtures/jupyter/notebook.ts'
import { limitMs } from '../../fixtures/limit.ts'
import { untilBanner } from '../../fixtures/pod/banner.ts'
import { openSession, type SshSession } from '../../fixtures/pod/ssh-session.ts'
import { needsDoors, type WholePod, wholePod } from '../../fixtures/pod/whole-pod.ts'

beforeEach(({ skip }) => skip(closedClone() !== undefined, closedClone()))

const patient = { timeout: 60_000, interval: 50 }

/** KILLs the leader of a service; gives when (`performance.now()`). */
async function kill(pod: WholePod, service: string): Promise<number> {
  const { pid = 0 } = (await pod.service(service)) ?? {}
  process.kill(pid, 'SIGKILL')
  return performance.now()
}

/** Waits until a service runs again after its nth run. */
async function runsAgain(pod: WholePod, service: string, before: number): Promise<void> {
  const again = async () => {
    const { state, attempt = 0 } = (await pod.service(service)) ?? {}
    return attempt > before ? state : `still run ${attempt}`
  }
  await expect.poll(again, patient).toBe('ready')
}

async function attemptOf(pod: WholePod, service: string): Promise<number> {
  return (await pod.service(service))?.attempt ?? 0
}

async function expectDoors(pod: WholePod, session: SshSession): Promise<void> {
  expect(await session.say('still here')).toBe('still here')
  const { code, out } = await pod.client.ssh(pod.sshPort, 'podrunner', 'id -un')
  expect([code, out]).toEqual([0, 'podrunner\n'])
}

describe('podmate', () => {
  beforeEach(needsDoors)

  test('keeps both doors open while a model host, a trainer, JupyterLab and sshd itself are killed', async () => {
    const pod = await wholePod({
      ...{ START_INFERENCE_API: '1', START_JUPYTER: '1', TRAIN_RESTART: 'always' },
      TRAIN_COMMAND: 'exec sleep 1000',
    })
    const startedMs = performance.now()
    await pod.allReady()
    const readyMs = performance.now() - startedMs
    const session = openSession(pod)
    expect(await session.say('hello')).toBe('hello')
    const kernel = await newKernel(pod.lab)
    await runCell(pod.lab, kernel, 'x = 6')

    for (const service of ['inference', 'trainer']) {
      const before = await attemptOf(pod, service)
      await kill(pod, service)
      await expectDoors(pod, session)
      expect(await runCell(pod.lab, kernel, 'print(x * 7)')).toBe('42\n')
      await runsAgain(pod, service, before)
    }

    const labBefore = await attemptOf(pod, 'jupyter')
    const labKilledMs = await kill(pod, 'jupyter')
    await expectDoors(pod, session)
    await runsAgain(pod, 'jupyter', labBefore)
    const labBackMs = performance.now() - labKilledMs
    expect(await runCell(pod.lab, await newKernel(pod.lab), 'print(6 * 7)')).toBe('42\n')

    const askedMs = performance.now()
    const restarted = await pod.podctl('restart', 'sshd')
    expect([restarted.code, restarted.out]).toEqual([0, 'sshd is ready\n'])
    const restartMs = await untilBanner(pod.sshPort, askedMs)
    await expectDoors(pod, session)
    const before = await attemptOf(pod, 'sshd')
    const backMs = await untilBanner(pod.sshPort, await kill(pod, 'sshd'))
    await runsAgain(pod, 'sshd', before)
    await expectDoors(pod, session)
    expect(await runCell(pod.lab, await newKernel(pod.lab), 'print(6 * 7)')).toBe('42\n')
    figures('isolation', {
      'whole pod ready, ms': Math.round(readyMs),
      'JupyterLab back after kill -9, ms': Math.round(labBackMs),
      'podctl restart sshd, ms': Math.round(restartMs),
      'banner back after kill -9, ms': Math.round(backMs),
    })
    expect(backMs).toBeLessThan(limitMs(2000))
  }, 180_000)
})
