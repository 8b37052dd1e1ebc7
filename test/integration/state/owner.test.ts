import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Owner, ownerOf } from '../../../services/state/child/owner.ts'
import { listProcesses } from '../../../supervisor/process-table.ts'
import { readyStatePod, statePod } from '../../fixtures/state/state-pod.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const patient = { timeout: 60_000 }

describe('the owner of a state folder', () => {
  test('is this supervisor, told apart from all others', async () => {
    const dir = temporaryFolder()
    await readyStatePod(dir)
    expect(JSON.parse(readFileSync(join(dir, 'pod1/owner.json'), 'utf8'))).toEqual(ownerOf(process.pid))
  })

  test('that lives is not disturbed: the pod is told its pid, the folder and the remedy', async () => {
    const dir = temporaryFolder()
    const other = spawn('sleep', ['60'])
    onTestFinished(() => void other.kill())
    const claim = ownedBy(dir, ownerOf(other.pid ?? 0))
    const { conflicts, status } = statePod(dir)
    await expect.poll(() => conflicts.length, patient).toBeGreaterThan(0)
    expect(conflicts[0]).toMatch(
      new RegExp(
        `^another podmate \\(pid ${other.pid} on .+\\) uses ${dir}/pod1; end it with .+ or set POD_STATE_DIR`,
      ),
    )
    await expect.poll(() => status()?.lastEnding?.reason).toBe(conflicts[0])
    expect(readFileSync(join(dir, 'pod1/owner.json'), 'utf8')).toBe(claim)
  })

  test.each<[string, Partial<Owner>]>([
    ['whose process ended', { pid: 4_194_303 }],
    ['whose pid belongs to another process now', { start_time: '1' }],
    ['from before a reboot, or of another machine', { boot_id: 'another' }],
  ])('%s is taken over with a line in the log', async (_, stale) => {
    const dir = temporaryFolder()
    ownedBy(dir, { ...ownerOf(1), ...stale })
    const { status, log } = statePod(dir)
    await expect.poll(() => status()?.state, patient).toBe('ready')
    expect(log().join('\n')).toContain('stale state folder taken over')
  })

  test('whose file was cut off is taken over', async () => {
    const dir = temporaryFolder()
    mkdirSync(join(dir, 'pod1'))
    writeFileSync(join(dir, 'pod1/owner.json'), '{"boot_id":"x","pi')
    const { status } = statePod(dir)
    await expect.poll(() => status()?.state, patient).toBe('ready')
  })

  test('is one of two that start at the same moment', async () => {
    const dir = temporaryFolder()
    const programs = [runState(dir), runState(dir)]
    const lines = await Promise.all(programs.map((program) => program.settled))
    expect(lines.filter((line) => line.includes('"now":"ready"'))).toHaveLength(1)
    expect(lines.filter((line) => line.includes('another podmate'))).toHaveLength(1)
  })
})

test('the state process ends when its supervisor is killed', async () => {
  const program = runState(temporaryFolder())
  const { pid } = JSON.parse(await program.settled)
  expect(listProcesses().map((entry) => entry.pid)).toContain(pid)
  program.process.kill('SIGKILL')
  await expect.poll(() => listProcesses().some((entry) => entry.pid === pid)).toBe(false)
})

function ownedBy(dir: string, owner: Owner): string {
  const text = JSON.stringify(owner)
  mkdirSync(join(dir, 'pod1'))
  writeFileSync(join(dir, 'pod1/owner.json'), text)
  return text
}

/** A pod in a process of its own. `settled` is the line that says that it is ready, or that it cannot be. */
function runState(dir: string) {
  const file = new URL('../../fixtures/state/run-state.ts', import.meta.url).pathname
  const process_ = spawn(process.execPath, [file, dir], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    if (process_.exitCode !== null || process_.signalCode !== null) return
    process_.kill('SIGKILL')
    await once(process_, 'exit')
  })
  const settled = new Promise<string>((resolve) => {
    createInterface(process_.stdout).on('line', (line) => {
      if (line.includes('"now":"ready"') || line.includes('"conflict"')) resolve(line)
    })
  })
  return { process: process_, settled }
}
