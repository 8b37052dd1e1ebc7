import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { connectedProcesses } from '../../../supervisor/port-owner.ts'
import { listProcesses } from '../../../supervisor/process-table.ts'
import type { ShutdownReport } from '../../../supervisor/shutdown-report.ts'
import { figures } from '../../fixtures/boot/figures.ts'
import { expectNothingLeft } from '../../fixtures/boot/nothing-is-left.ts'
import { repository } from '../../fixtures/boot/podmate.ts'
import { isFree } from '../../fixtures/chaos/free-port.ts'
import { closedClone } from '../../fixtures/closed-clone.ts'
import { inTerminal, newKernel, runCell } from '../../fixtures/jupyter/notebook.ts'
import { limitMs } from '../../fixtures/limit.ts'
import { openSession } from '../../fixtures/pod/ssh-session.ts'
import { needsDoors, type WholePod, wholePod } from '../../fixtures/pod/whole-pod.ts'

beforeEach(({ skip }) => skip(closedClone() !== undefined, closedClone()))

const budgetSeconds = 8
const stubborn = join(repository, 'test/fixtures/boot/stubborn.sh')
/** Leaves its session and hears no HUP; says its pid. */
const away = `setsid sh -c 'trap "" HUP; echo "pid=$$="; exec sleep 1001 >/dev/null 2>&1 </dev/null' &`
const pidIn = (text: string) => Number(/pid=(\d+)=/.exec(text)?.[1])

beforeEach(needsDoors)

test('podmate ends work, save, tools, access in this order within its budget, and with all that anybody left running', async () => {
  const pod = await wholePod({
    ...{ START_INFERENCE_API: '1', START_JUPYTER: '1', SHUTDOWN_BUDGET_SECONDS: `${budgetSeconds}` },
    TRAIN_COMMAND: `exec sh ${stubborn}`,
  })
  const [url] = await Promise.all([pod.url(), pod.line('armed'), pod.allReady()])
  const session = openSession(pod, 'exec sh')
  const kernel = await newKernel(pod.lab)
  const shown = await inTerminal(pod.lab, away, /pid=\d+=/)
  const leftBy = {
    'an SSH session': pidIn(await session.say(away)),
    'an SSH session, without its environment': Number(await session.say(`env -i sleep 1001 & echo $!`)),
    'a terminal': pidIn(shown),
    'a kernel': Number(await runCell(pod.lab, kernel, sleeper)),
  }
  const family = pod.family()
  const visits = await connectedProcesses(pod.sshPort)
  const known = [...Object.values(leftBy), ...visits]
  expect(alive(known)).toEqual([...known].sort((a, b) => a - b))

  const askedMs = performance.now()
  pod.signal('SIGTERM')
  await pod.line('stopping tier tools')
  expect(await session.say('echo the door closes last')).toBe('the door closes last')
  const end = await pod.ended
  const tookMs = end.atMs - askedMs
  const report: ShutdownReport = JSON.parse(pod.kept('last-shutdown.json'))
  figures('shutdown of a whole pod', {
    'budget, s': budgetSeconds,
    'to the end, ms': Math.round(tookMs),
    ...Object.fromEntries(tiers(pod).map(({ tier, ms }) => [`tier ${tier}, ms`, ms])),
    'last-shutdown.json, ms': report.ms,
  })
  expect(end).toMatchObject({ code: 0, signal: null })
  expect(tookMs).toBeLessThan(limitMs(budgetSeconds * 1000 + 1500))
  expect(turns(pod)).toEqual(
    ['intake', 'work', 'save', 'tools', 'access'].flatMap((tier) => [tier, `${tier} ended`]),
  )
  expect(alive(known)).toEqual([])
  await expectNothingLeft({ family, url })
  expect(await isFree(pod.sshPort)).toBe(true)
  expect(await isFree(Number(new URL(pod.lab.address).port))).toBe(true)

  expect(report.reason).toBe('SIGTERM')
  expect(report.services.trainer).toMatchObject({
    state: 'stopped',
    signal: 'SIGKILL',
    killed: true,
    left: [],
  })
  for (const name of ['inference', 'jupyter', 'http', 'sshd'])
    expect(report.services[name], name).toMatchObject({ state: 'stopped', killed: false, left: [] })
}, 180_000)

const sleeper = `import subprocess
print(subprocess.Popen(["sleep", "1001"], start_new_session=True).pid)`

function alive(pids: readonly number[]): readonly number[] {
  return listProcesses()
    .flatMap(({ pid }) => (pids.includes(pid) ? [pid] : []))
    .sort((a, b) => a - b)
}

/** What the events say about tiers, in the order of their numbers; the log carries those after the end of http too. */
function turns(pod: WholePod): readonly string[] {
  const told = pod.records().filter(({ msg }) => /^(stopping tier|tier) /.test(msg))
  const stamps = told.map(({ time }) => time)
  expect(stamps).toEqual([...stamps].sort((a, b) => a - b))
  return told.map(({ msg }) =>
    msg.replace(/^stopping tier (\w+):.*/, '$1').replace(/^tier (\w+) .*/, '$1 ended'),
  )
}

function tiers(pod: WholePod): readonly { readonly tier: string; readonly ms: number }[] {
  return pod.messages('podmate').flatMap((text) => {
    const [, tier, ms] = /^tier (\w+) has ended after (\d+) ms/.exec(text) ?? []
    return tier === undefined ? [] : [{ tier, ms: Number(ms) }]
  })
}
