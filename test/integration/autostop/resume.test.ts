import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startHub } from '../../fakes/hub.ts'
import { type Runpod, startRunpod } from '../../fakes/runpod.ts'
import { onlyByFlush, UploadPod } from '../../fixtures/artifacts/upload-pod.ts'
import { onRunpod } from '../../fixtures/autostop/watched-pod.ts'
import { figures } from '../../fixtures/boot/figures.ts'
import { type Podmate, startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { noMounts, tmpfs } from '../../fixtures/state/mounts.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const timeout = 40_000
const graceSeconds = 6
/** Idleness is not what these pods stop for. */
const watched = {
  IDLE_TIMEOUT_SECONDS: '3600',
  IDLE_CHECK_INTERVAL_SECONDS: '1',
  IDLE_COUNTDOWN_SECONDS: '1',
}
const hasty = { ...watched, IDLE_TIMEOUT_SECONDS: '2', BOOT_GRACE_SECONDS: '0' }

const stops = (runpod: Runpod, id: string) =>
  expect.poll(() => runpod.pod(id).status, { timeout, interval: 50 }).toBe('EXITED')
const autostop = async (pod: Podmate) => (await pod.ask('/autostop')).json()

interface LateBoot {
  readonly cause: string
  readonly env: NodeJS.ProcessEnv
  /** The first boot has come so far that the next one begins at its end. */
  isOver(pod: Podmate): Promise<boolean>
  readonly says: string
}

const spent = async (pod: Podmate) => Number((await autostop(pod)).cost?.spent_usd ?? 0)
const lateBoots: readonly LateBoot[] = [
  {
    cause: 'budget',
    env: { BUDGET_USD: '3', POD_COST_PER_HR: '3600' },
    isOver: async (pod) => (await spent(pod)) > 3,
    says: 'booted with its budget (BUDGET_USD=3)',
  },
  {
    cause: 'lifetime',
    env: { MAX_LIFETIME_SECONDS: '3' },
    isOver: async (pod) => (pod.records()[0]?.time ?? Infinity) < Date.now() - 4000,
    says: 'booted with its lifetime (MAX_LIFETIME_SECONDS=3)',
  },
  {
    cause: 'finished',
    env: { TRAIN_ON_FINISH: 'stop', TRAIN_COMMAND: 'true', TRAIN_HOLD_SECONDS: '0' },
    isOver: async (pod) => (await pod.state('trainer')) === 'completed',
    says: 'It was so when the pod booted.',
  },
]

describe('a pod that boots', () => {
  test.for(lateBoots)(
    'with its $cause at an end leaves its owner the grace of the boot, and says so',
    { timeout: 90_000 },
    async ({ cause, env, isOver, says }) => {
      await using runpod = await startRunpod()
      const { id, env: known } = onRunpod(runpod)
      const folder = temporaryFolder()
      const all = { ...known, ...watched, ...env, BOOT_GRACE_SECONDS: `${graceSeconds}` }
      const first = startWithoutModel({ ...all, AUTOSTOP_ACTION: 'none' }, { folder })
      await expect.poll(() => isOver(first), { timeout, interval: 200 }).toBe(true)
      await first.stop()
      const bornMs = performance.now()
      const second = startWithoutModel(all, { folder })
      await second.line(says)
      expect((await autostop(second)).stops_because).toBe(cause)
      await stops(runpod, id)
      const waitedMs = performance.now() - bornMs
      expect(waitedMs).toBeGreaterThan(graceSeconds * 1000)
      await second.line('The pod stops now')
      figures(`boot with its ${cause} at an end`, {
        ...{ 'grace, s': graceSeconds, 'stopped after, s': (waitedMs / 1000).toFixed(1) },
      })
      await second.stop()
    },
  )
})

describe('a pod with checkpoints that are not uploaded', () => {
  test('on the disk of the container is not stopped while they can still be saved', async () => {
    await using runpod = await startRunpod()
    await using hub = await startHub()
    const { id, env } = onRunpod(runpod)
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'artifacts'))
    writeFileSync(join(folder, 'artifacts/metrics.json'), '{"loss": 1}')
    const outage = hub.faults.add({ fault: 'answer', status: 503, on: 'commit', times: 'always' })
    const pod = new UploadPod(hub, { ...env, ...hasty, ...onlyByFlush, FLUSH_DEADLINE_SECONDS: '1' }, folder)
    await pod.line('A stop would delete files in')
    await expect.poll(async () => (await autostop(pod)).stop?.problem, { timeout }).toContain('metrics.json')
    expect(runpod.pod(id).status).toBe('RUNNING')
    expect(runpod.log.filter(({ route }) => route === 'stop')).toEqual([])
    outage.off()
    await stops(runpod, id)
    expect(pod.paths()).toEqual(['metrics.json'])
    await pod.stop()
  }, 180_000)

  test('on a volume is stopped and not terminated', async ({ skip }) => {
    skip(noMounts() !== undefined, noMounts())
    await using runpod = await startRunpod()
    await using hub = await startHub()
    const { id, env } = onRunpod(runpod)
    const volume = tmpfs(1000)
    writeFileSync(join(volume, 'metrics.json'), '{"loss": 1}')
    hub.faults.add({ fault: 'answer', status: 503, on: 'commit', times: 'always' })
    const more = { ...hasty, ...onlyByFlush, FLUSH_DEADLINE_SECONDS: '1', ARTIFACT_DIRS: volume }
    const pod = new UploadPod(hub, { ...env, ...more, AUTOSTOP_VERB: 'terminate' })
    await stops(runpod, id)
    await pod.line('The pod is stopped, not terminated')
    expect(runpod.log.filter(({ route }) => route === 'terminate')).toEqual([])
    await pod.stop()
  }, 180_000)
})
