import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { isOver, readProcess } from '../../../supervisor/process-table.ts'
import { stillAlive } from '../../fixtures/boot/family.ts'
import { repository } from '../../fixtures/boot/podmate.ts'
import { sendSignal } from '../../fixtures/boot/send-signal.ts'
import { noTerminals, Terminal } from '../../fixtures/boot/terminal.ts'

const withoutTerminals = noTerminals()
const podmate = `exec ${process.execPath} entrypoint.ts`
const patient = { timeout: 60_000 }
const withoutModel = { START_INFERENCE_API: '0' }
const slowToStop = join(repository, 'test/fixtures/boot/slow-to-stop.sh')

/** A terminal in which podmate has come up. */
async function open(command: string, env: NodeJS.ProcessEnv): Promise<Terminal> {
  const terminal = new Terminal(command, env)
  await expect.poll(() => terminal.text(), { timeout: 60_000 }).toContain('all services are ready')
  return terminal
}

describe('podmate in a terminal', () => {
  beforeEach(({ skip }) => skip(withoutTerminals !== undefined, withoutTerminals))

  test('draws its progress bar and its log without mixing them, and ends on Ctrl-C with 0', async () => {
    const terminal = await open(podmate, {})
    const family = terminal.family()
    terminal.type('\x03')
    expect(await terminal.ended).toEqual({ code: 0 })
    expect(terminal.text()).toContain('podmate is stopping: SIGINT')
    expect(terminal.text()).toMatch(/podmate stopped after \d+ ms/)
    expect(terminal.text()).toMatch(/\[#*-*\] /)
    for (const line of terminal.text().split('\n').filter(Boolean)) {
      const shown = line.split('\x1b[K').at(-1)
      expect(shown).toMatch(/^(\^C)?\d\d:\d\d:\d\d\.\d{3} \w+ +\| .*\r$/)
    }
    expect(stillAlive(family)).toEqual([])
  })

  test('takes two Ctrl-C in a row for one, and lets the trainer finish', async () => {
    const terminal = await open(podmate, { ...withoutModel, TRAIN_COMMAND: `exec sh ${slowToStop}` })
    await expect.poll(() => terminal.text(), patient).toContain('armed')
    const family = terminal.family()
    terminal.type('\x03\x03')
    expect(await terminal.ended).toEqual({ code: 0 })
    expect(terminal.text()).toContain('saved')
    expect(terminal.text()).not.toContain('killed')
    expect(stillAlive(family)).toEqual([])
  })

  test('ends in order when its terminal is closed', async () => {
    const terminal = await open(podmate, { ...withoutModel, TRAIN_COMMAND: `exec sh ${slowToStop}` })
    await expect.poll(() => terminal.text(), patient).toContain('armed')
    const family = terminal.family()
    expect(family.members.length).toBeGreaterThanOrEqual(3)
    terminal.close()
    await expect.poll(() => stillAlive(family), patient).toEqual([])
    const log = terminal.log()
    expect(log).toContain('podmate is stopping: SIGHUP')
    expect(log).toContain('saved')
    expect(log).toMatch(/podmate stopped after \d+ ms/)
    expect(log).not.toContain('internal error')
  })

  test('ends when its terminal is held and takes nothing any more', async () => {
    const noise = 'while :; do echo a line to fill the terminal; done'
    const terminal = await open(podmate, { ...withoutModel, TRAIN_COMMAND: noise })
    terminal.owner.kill('SIGSTOP')
    const family = terminal.family()
    await expect.poll(() => /suppressed \d+ lines/.test(terminal.log()), patient).toBe(true)
    sendSignal(terminal.podmatePid(), 'SIGTERM')
    const over = () => {
      const own = readProcess(terminal.podmatePid())
      return own === undefined || isOver(own)
    }
    await expect.poll(over, patient).toBe(true)
    expect(stillAlive(family)).toEqual([])
  })
})

describe('npm start in a terminal', () => {
  beforeEach(({ skip }) => skip(withoutTerminals !== undefined, withoutTerminals))

  test('ends with 0 when npm’s child gets a TERM', async () => {
    const terminal = await open('npm start', withoutModel)
    const family = terminal.family()
    sendSignal(terminal.podmatePid(), 'SIGTERM')
    expect(await terminal.ended).toEqual({ code: 0 })
    expect(terminal.text()).toContain('podmate is stopping: SIGTERM')
    expect(stillAlive(family)).toEqual([])
  })

  test('ends in order on Ctrl-C, which podmate then gets from the terminal and from npm', async () => {
    const env = { ...withoutModel, TRAIN_COMMAND: `exec sh ${slowToStop}` }
    const terminal = await open('npm start', env)
    await expect.poll(() => terminal.text(), patient).toContain('armed')
    const family = terminal.family()
    terminal.type('\x03')
    await terminal.ended
    await expect.poll(() => stillAlive(family), patient).toEqual([])
    expect(terminal.log()).toContain('saved')
    expect(terminal.log()).not.toContain('everything is killed')
  })

  test('leaves nothing when the terminal is closed', async () => {
    const terminal = await open('npm start', withoutModel)
    const family = terminal.family()
    terminal.close()
    await expect.poll(() => stillAlive(family), patient).toEqual([])
    expect(terminal.log()).toContain('podmate is stopping: SIGHUP')
  })
})
