import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { isOver, type ProcessEntry, readProcess } from '../../../supervisor/process-table.ts'
import { figures } from '../../fixtures/boot/figures.ts'
import { expectNothingLeft } from '../../fixtures/boot/nothing-is-left.ts'
import { repository } from '../../fixtures/boot/podmate.ts'
import { freePort, isFree } from '../../fixtures/chaos/free-port.ts'
import { type Harm, harm } from '../../fixtures/chaos/harm.ts'
import { random } from '../../fixtures/chaos/random.ts'
import { closedClone } from '../../fixtures/closed-clone.ts'
import { podProcesses } from '../../fixtures/pod/pod-processes.ts'
import { openSession } from '../../fixtures/pod/ssh-session.ts'
import { needsDoors, type WholePod, wholePod } from '../../fixtures/pod/whole-pod.ts'

beforeEach(({ skip }) => skip(closedClone() !== undefined, closedClone()))

const events = Number(process.env.POD_CHAOS_EVENTS ?? 10)
const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000)
const fast = ['--import', './test/fixtures/pod/fast-timings.ts']
const holder = join(repository, 'test/fixtures/chaos/worker-with-port.mjs')

beforeEach(needsDoors)

test(`podmate is what it should be after each of ${events} kills, stops and TERMs (CHAOS_SEED=${seed})`, {
  timeout: 90_000 + 12_000 * events,
}, async () => {
  const port = await freePort()
  const pod = await wholePod(
    {
      ...{ START_INFERENCE_API: '1', START_JUPYTER: '1', TRAIN_RESTART: 'always' },
      TRAIN_COMMAND: `exec ${process.execPath} ${holder} ${port}`,
    },
    { node: fast },
  )
  await pod.allReady()
  const session = openSession(pod)
  expect(await session.say('up')).toBe('up') // one that is still being opened may die with the listener
  const chance = random(seed)
  const done: Harm[] = []
  let slowestMs = 0
  for (let number = 1; number <= events; number += 1) {
    const { services } = await podProcesses(pod)
    const leaders = await leadersOf(pod)
    const [one] = await harm(1, chance, () => services)
    if (!one) throw new Error('a pod without processes')
    done.push({ ...one, service: leaders.get(one.victim.pid) ?? one.service })
    const sinceMs = performance.now()
    if (one.what !== 'STOP') await ended(one.victim)
    if (isGone(one.victim) && leaders.has(one.victim.pid)) await replaced(pod, one.victim.pid)
    await pod.allReady()
    slowestMs = Math.max(slowestMs, performance.now() - sinceMs)
    expect(await session.say(`after ${number}`)).toBe(`after ${number}`)
    await expect.poll(async () => (await podProcesses(pod)).strays, { timeout: 60_000 }).toEqual([])
  }
  const url = await pod.url()
  const family = pod.family()
  expect(await pod.stop()).toMatchObject({ code: 0, signal: null })
  figures('chaos over all services', {
    ...{ seed, events: done.length, ...counted(done, 'what'), ...counted(done, 'service') },
    'slowest recovery, ms': Math.round(slowestMs),
  })
  await expectNothingLeft({ family, url })
  for (const one of [port, pod.sshPort, Number(new URL(pod.lab.address).port)])
    expect(await isFree(one), `port ${one} is still bound`).toBe(true)
})

/** The name of each service by the pid of its leader: sshd overwrites the environment that would tell. */
async function leadersOf(pod: WholePod): Promise<ReadonlyMap<number, string>> {
  const { services } = await pod.status()
  return new Map(Object.values(services).map(({ pid = 0, name }) => [pid, name]))
}

const isGone = ({ pid, startTicks }: ProcessEntry) => {
  const now = readProcess(pid)
  return now === undefined || now.startTicks !== startTicks || isOver(now)
}

/** Waits for an end; some programs ignore TERM, which is their right. */
async function ended(victim: ProcessEntry): Promise<void> {
  await expect
    .poll(() => isGone(victim), { timeout: 60_000 })
    .toBe(true)
    .catch(() => {})
}

/** Waits until the supervisor has seen that a leader is gone. */
async function replaced(pod: WholePod, leader: number): Promise<void> {
  await expect.poll(async () => (await leadersOf(pod)).has(leader), { timeout: 60_000 }).toBe(false)
}

function counted(done: readonly Harm[], by: 'what' | 'service'): Record<string, number> {
  const kinds = Object.groupBy(done, (one) => one[by])
  return Object.fromEntries(Object.entries(kinds).map(([name, list = []]) => [name, list.length]))
}
