import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JournalEntry } from '../../../services/autostop/stop/stop-progress.ts'
import { startHub } from '../../fakes/hub.ts'
import { startRunpod } from '../../fakes/runpod.ts'
import { onlyByFlush, UploadPod } from '../../fixtures/artifacts/upload-pod.ts'
import { onRunpod } from '../../fixtures/autostop/watched-pod.ts'
import { type Podmate, startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { podctl } from '../../fixtures/http/run-program.ts'
import { limitMs } from '../../fixtures/limit.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const timeout = 30_000
/** Stops at the first occasion: no service for people is there, and so the clock starts with the grace of the boot. */
const hasty = {
  ...{ IDLE_TIMEOUT_SECONDS: '2', IDLE_CHECK_INTERVAL_SECONDS: '1', IDLE_COUNTDOWN_SECONDS: '1' },
  BOOT_GRACE_SECONDS: '0',
}

/** A dollar a second. */
const costly = { BUDGET_USD: '6', POD_COST_PER_HR: '3600', IDLE_COUNTDOWN_SECONDS: '1' }

const autostop = async (pod: Podmate) => (await pod.ask('/autostop')).json()
const notices = (pod: Podmate) => pod.messages('autostop')

function journal(pod: Podmate, id: string): readonly JournalEntry[] {
  const path = join(pod.stateDir, id, 'autostop.jsonl')
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
}

/** A trainer that writes a checkpoint when it is asked to end, and then takes a moment. */
const savesAtTheEnd = (artifacts: string) =>
  `trap 'echo "{}" > ${artifacts}/last.json; sleep 1; exit 0' TERM; while :; do echo step; sleep 0.1; done`

describe('podmate in a pod of RunPod', () => {
  test('stops the pod, and says at its next start why', async () => {
    await using runpod = await startRunpod()
    const { id, env } = onRunpod(runpod)
    const folder = temporaryFolder()
    const pod = startWithoutModel({ ...env, ...hasty }, { folder })
    await expect.poll(() => runpod.pod(id).status, { timeout }).toBe('EXITED')
    await expect.poll(async () => (await autostop(pod)).stop?.step, { timeout }).toBe('confirm')
    expect(await pod.stop()).toMatchObject({ code: 0 })
    const again = startWithoutModel({ ...env, IDLE_TIMEOUT_SECONDS: '3600' }, { folder })
    await expect.poll(async () => (await autostop(again)).last_stop?.because, { timeout }).toBe('idle')
    const { out } = await podctl(['why'], { PODMATE_SOCKET: await again.socket() })
    expect(out).toContain('Nobody has used the pod')
    expect(runpod.log.filter(({ route }) => route === 'stop')).toHaveLength(1)
  })

  test('stops a training that is busy when podctl asks for it, with its last checkpoint saved first', async () => {
    await using runpod = await startRunpod()
    await using hub = await startHub()
    const { id, env } = onRunpod(runpod)
    const folder = temporaryFolder()
    const artifacts = join(folder, 'artifacts')
    mkdirSync(artifacts)
    const more = { TRAIN_COMMAND: savesAtTheEnd(artifacts), IDLE_COUNTDOWN_SECONDS: '1' }
    const pod = new UploadPod(hub, { ...env, ...onlyByFlush, ...more }, folder)
    await pod.line('"step"')
    const asked = await podctl(['stop-pod', '--why', 'done'], { PODMATE_SOCKET: await pod.socket() })
    expect(asked).toMatchObject({ code: 0, out: expect.stringContaining('because somebody asked for it') })
    await expect.poll(() => runpod.pod(id).status, { timeout }).toBe('EXITED')
    expect(pod.paths()).toEqual(['last.json'])
    await pod.stop()
    expect(journal(pod, id)).toContainEqual(
      expect.objectContaining({ event: 'calling', because: 'asked', why: expect.stringContaining('(done)') }),
    )
  })

  test('stops a training that is busy when the budget is spent, with its last checkpoint saved first', async () => {
    await using runpod = await startRunpod()
    await using hub = await startHub()
    const { id, env } = onRunpod(runpod)
    const folder = temporaryFolder()
    const artifacts = join(folder, 'artifacts')
    mkdirSync(artifacts)
    const pod = new UploadPod(
      hub,
      {
        ...env,
        ...onlyByFlush,
        TRAIN_COMMAND: savesAtTheEnd(artifacts),
        ...costly,
      },
      folder,
    )
    await expect.poll(() => runpod.pod(id).status, { timeout }).toBe('EXITED')
    expect(pod.paths()).toEqual(['last.json'])
    expect(await pod.service('trainer')).toMatchObject({ state: 'stopped', lastEnding: { exitCode: 0 } })
    expect(await autostop(pod)).toMatchObject({ stop: { because: 'budget' }, cost: { budget_usd: 6 } })
    const told = (text: string) => notices(pod).filter((line) => line.includes(text)).length
    expect([told('80 % of the budget'), told('90 % of the budget'), told('The budget is spent')]).toEqual([
      1, 1, 1,
    ])
    await pod.stop()
    const events = journal(pod, id).map(({ event, step }) => step ?? event)
    expect(events).toEqual([
      ...['started', 'countdown', 'trainer', 'flush', 'verify', 'stop', 'stopped', 'confirm', 'told-to-end'],
    ])
  })

  test('writes down within a second that it was told to end, and asks the trainer to: a KILL may follow', async () => {
    await using runpod = await startRunpod()
    const { id, env } = onRunpod(runpod)
    const pod = startWithoutModel({
      ...env,
      TRAIN_COMMAND: `trap 'echo asked' TERM; echo armed; while :; do sleep 0.1; done`,
    })
    await Promise.all([pod.socket(), pod.line('armed')])
    await expect.poll(() => journal(pod, id).length, { timeout }).toBe(1)
    const [asked, askedMs] = [pod.line(/"trainer".*"msg":"asked"/), performance.now()]
    pod.signal('SIGTERM')
    await asked
    await expect.poll(() => journal(pod, id).at(-1)?.event, { timeout, interval: 10 }).toBe('told-to-end')
    const marker = () => JSON.parse(pod.kept(join('..', id, 'last-shutdown.json')))
    await expect.poll(marker, { timeout, interval: 10 }).toMatchObject({
      ...{ reason: 'SIGTERM', finished: false },
    })
    expect(performance.now() - askedMs).toBeLessThan(limitMs(1000))
    pod.signal('SIGKILL')
  })

  test('that has no key says so from the start', async () => {
    const pod = startWithoutModel()
    await pod.line('This pod cannot stop itself: RUNPOD_API_KEY is not set')
    await expect
      .poll(async () => (await autostop(pod)).problems, { timeout })
      .toEqual([expect.stringContaining('RUNPOD_API_KEY is not set')])
    expect(await pod.state('autostop')).toBe('ready')
  })

  test('is not stopped by what nobody has asked for', async () => {
    const pod = startWithoutModel({ RUNPOD_POD_ID: '' })
    await expect.poll(() => pod.state('autostop'), { timeout }).toBe('disabled')
    expect(await autostop(pod)).toMatchObject({
      verdict: 'off',
      why: expect.stringContaining('RUNPOD_POD_ID'),
    })
  })
})
