import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { listProcesses } from '../../../supervisor/process-table.ts'
import { repository } from '../../fixtures/boot/podmate.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

/** A podmate of a few lines of shell, under the shim; its lines, and how the shim ended. */
function underShim(script: string) {
  const file = join(temporaryFolder(), 'podmate.sh')
  writeFileSync(file, script)
  const shim = spawn(join(repository, 'boot/shim.sh'), ['/bin/sh', file], {
    env: { ...process.env, stop: 'TERM', starts: '1 2 3' }, // names of its own, which an environment may have too
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  onTestFinished(() => killGroup(shim))
  const lines: string[] = []
  createInterface({ input: shim.stdout }).on('line', (line) => lines.push(line))
  return { shim, lines, ended: once(shim, 'exit') }
}

/** The group of a shim that this file started, and nothing else. */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // it has gone already
  }
}

/** Zombies do not count: whoever they fall to may be in no hurry to bury them. */
const hasGroup = ({ pid }: ChildProcess) => listProcesses().some(({ group }) => group === pid)

const ordered = "trap 'echo asked to stop; kill $!; exit 0' TERM; echo up; sleep 20 & wait"

test('hands TERM on, and ends as podmate ends', async () => {
  const { shim, lines, ended } = underShim(ordered)
  await expect.poll(() => lines).toEqual(['up'])
  shim.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  expect(lines).toEqual(['up', 'asked to stop'])
})

async function stoppedAfter(delayMs: number): Promise<void> {
  const { shim, ended } = underShim('exec sleep 20')
  await once(shim, 'spawn')
  const startMs = performance.now()
  while (performance.now() - startMs < delayMs) await new Promise(setImmediate)
  shim.kill('SIGTERM')
  const [code, signal] = await ended
  expect([143, 'SIGTERM']).toContain(code ?? signal)
  await expect.poll(() => hasGroup(shim), { timeout: 60_000, interval: 20 }).toBe(false)
}

test('loses no TERM, however early it comes, and leaves nothing behind', async () => {
  for (let start = 0; start < 1; start += 0.25)
    await Promise.all(Array.from({ length: 10 }, (_, at) => stoppedAfter(start + at)))
})

test('gives the exit code of a podmate that ends at once when it is asked to', async () => {
  for (let round = 0; round < 20; round += 1) {
    const { shim, lines, ended } = underShim("trap 'exit 7' TERM; echo up; while :; do :; done")
    await expect.poll(() => lines, { interval: 5 }).toEqual(['up'])
    shim.kill('SIGTERM')
    expect(await ended).toEqual([7, null])
  }
})

test('starts podmate again when it is killed, but not once it is asked to stop', async () => {
  const { shim, lines, ended } = underShim(
    'echo up; [ -e "$0.second" ] && sleep 20; : > "$0.second"; kill -9 $$',
  )
  await expect.poll(() => lines).toEqual(['up', 'up'])
  shim.kill('SIGTERM')
  await ended
  const inThePause = underShim('echo up; kill -9 $$')
  await expect.poll(() => inThePause.lines, { interval: 5 }).toEqual(['up'])
  inThePause.shim.kill('SIGTERM')
  expect(await inThePause.ended).toEqual([137, null])
  expect(inThePause.lines).toEqual(['up'])
})

test('gives up when podmate is killed for the sixth time', async () => {
  const { lines, ended } = underShim('echo up; kill -9 $$')
  expect(await ended).toEqual([137, null])
  expect(lines).toHaveLength(6)
})
