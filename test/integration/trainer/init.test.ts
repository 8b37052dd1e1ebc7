import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { listProcesses, readProcess } from '../../../supervisor/process-table.ts'
import { startWithoutModel } from '../../fixtures/boot/podmate.ts'

const noTini = spawnSync('tini', ['--version']).status !== 0
const missing = 'tini is not installed (npm test installs it as root with apt)'

const zombiesOf = (parent: number) =>
  listProcessesAndZombies().filter((entry) => entry.parent === parent && entry.state === 'Z').length

function listProcessesAndZombies() {
  const { stdout } = spawnSync('ps', ['-eo', 'pid='], { encoding: 'utf8' })
  return stdout.split('\n').flatMap((pid) => readProcess(Number(pid)) ?? [])
}

describe('under tini', () => {
  it('500 orphans of a trainer leave no zombie', async ({ skip }) => {
    if (noTini) return skip(missing)
    const script =
      'i=0; while [ $i -lt 500 ]; do (sleep 0.05 &); i=$((i+1)); done; echo all started; sleep 60'
    const pod = startWithoutModel({ TRAIN_COMMAND: script }, { wrapper: ['tini', '-s', '--'] })
    await pod.line('all started')
    const orphans = () => listProcesses().filter((entry) => entry.parent === pod.pid).length
    // podmate itself is the one child that stays.
    await expect.poll(orphans, { timeout: 60_000 }).toBe(1)
    await expect.poll(() => zombiesOf(pod.pid), { timeout: 60_000 }).toBe(0)
    expect((await pod.stop()).code).toBe(0)
  })

  it('a tini that signals its whole group (-g) does not destroy the stop order', async ({ skip }) => {
    if (noTini) return skip(missing)
    const script = 'trap "echo trainer got TERM; exit 3" TERM; echo armed; while :; do sleep 0.1; done'
    const pod = startWithoutModel(
      { TRAIN_COMMAND: script, LOG_FORMAT: 'json' },
      { wrapper: ['tini', '-g', '-s', '--'] },
    )
    await pod.line('armed')
    expect((await pod.stop()).code).toBe(0)
    const messages = pod.messages()
    const work = messages.findIndex((text) => text.startsWith('stopping tier work: trainer'))
    expect(work).toBeGreaterThan(0)
    expect(messages.indexOf('trainer got TERM')).toBeGreaterThan(work)
    expect(JSON.parse(pod.kept('last-shutdown.json')).services.trainer).toMatchObject({
      exitCode: 3,
      killed: false,
    })
  })
})
