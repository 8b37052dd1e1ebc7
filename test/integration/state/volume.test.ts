import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, onTestFinished, test } from 'vitest'
import { listProcesses } from '../../../supervisor/process-table.ts'
import { limitMs } from '../../fixtures/limit.ts'
import { bindfs, noBindfs, noMounts, tmpfs } from '../../fixtures/state/mounts.ts'
import { readyStatePod, statePod } from '../../fixtures/state/state-pod.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const patient = { timeout: 60_000 }
/** Of a pod whose volume hangs in the test. */
const hanging = { deadlineMs: 1000 }
const withoutMounts = noMounts()
const withoutBindfs = noBindfs()

describe('state() on a volume that is full', () => {
  test('says so, keeps what it could not write, and writes it when there is space again', async ({
    skip,
  }) => {
    skip(withoutMounts !== undefined, withoutMounts)
    const dir = tmpfs(64)
    const { port, status } = await readyStatePod(dir)
    await port.writeText('a', 'before')
    writeFileSync(join(dir, 'pod1/fill'), Buffer.alloc(freeBytes(dir)))
    await expect(port.writeText('a', 'after')).rejects.toThrow(
      `the volume of ${dir}/pod1 is full; free some space, or set POD_STATE_DIR to another folder (ENOSPC)`,
    )
    await expect.poll(() => status()?.state, patient).toBe('degraded')
    expect(status()?.reason).toContain('ENOSPC')
    await expect(port.append('log', 'one\n')).rejects.toMatchObject({ code: 'VOLUME_UNAVAILABLE' })
    await expect(port.writeText('a', 'last')).rejects.toMatchObject({ code: 'VOLUME_UNAVAILABLE' })
    expect(readFileSync(join(dir, 'pod1/a'), 'utf8')).toBe('before')

    rmSync(join(dir, 'pod1/fill'))
    await expect.poll(() => status()?.state, patient).toBe('ready')
    expect(await port.readText('a')).toBe('last')
    expect(await port.readText('log')).toBe('one\n')
  })
})

describe('state() on a volume that is read-only', () => {
  test('says so and starts when it becomes writable', async ({ skip }) => {
    skip(withoutMounts !== undefined, withoutMounts)
    const dir = tmpfs(64)
    execFileSync('mount', ['-o', 'remount,ro', dir])
    const { port, status } = statePod(dir)
    await expect.poll(() => status()?.state, patient).toBe('degraded')
    expect(status()?.reason).toBe(
      `${dir}/pod1 is on a read-only file system; mount it for writing, or set POD_STATE_DIR to another folder (EROFS)`,
    )
    await expect(port.secret('api-token')).rejects.toMatchObject({ code: 'VOLUME_UNAVAILABLE' })
    execFileSync('mount', ['-o', 'remount,rw', dir])
    await expect.poll(() => status()?.state, patient).toBe('ready')
    expect(await port.secret('api-token')).toHaveLength(32)
  })
})

test('state() says when its folder may not be written', async ({ skip }) => {
  const root = process.getuid?.() === 0
  skip(
    root && process.platform !== 'linux',
    'cannot be installed: only Linux takes the right to write anywhere from root',
  )
  const dir = temporaryFolder()
  chmodSync(dir, 0o555)
  const file = new URL('../../fixtures/state/run-state.ts', import.meta.url).pathname
  const asOthers = root ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : ['env']
  const [command = '', ...args] = [...asOthers, process.execPath, file, dir]
  const program = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    program.kill('SIGKILL')
    await once(program, 'exit')
  })
  const reason = await new Promise<string>((resolve) => {
    createInterface(program.stdout).on('line', (line) => {
      if (line.includes('"now":"degraded"')) resolve(JSON.parse(line).reason)
    })
  })
  expect(reason).toBe(
    `${dir}/pod1 may not be written; change its owner or mode, or set POD_STATE_DIR to another folder (EACCES)`,
  )
})

describe('state() on a volume that hangs', () => {
  test('rejects within the deadline, says so, and writes everything once when the volume is back', async ({
    skip,
  }) => {
    skip(withoutBindfs !== undefined, withoutBindfs)
    const { mounted, real, process: server } = await bindfs()
    const { port, status } = await readyStatePod(mounted, hanging)
    await port.append('log', '0\n')

    server.kill('SIGSTOP')
    const asked = performance.now()
    await expect(port.append('log', '1\n')).rejects.toThrow('volume does not answer')
    expect(performance.now() - asked).toBeLessThan(limitMs(1300))
    await expect.poll(() => status()?.reason).toBe(`volume does not answer (${mounted}/pod1)`)
    for (const line of ['2', '3']) {
      await expect(port.append('log', `${line}\n`)).rejects.toMatchObject({ code: 'VOLUME_UNAVAILABLE' })
      await expect(port.writeText('text', line)).rejects.toMatchObject({ code: 'VOLUME_UNAVAILABLE' })
    }
    await expect(port.readText('log')).rejects.toThrow('volume does not answer')

    server.kill('SIGCONT')
    await expect.poll(() => status()?.state, patient).toBe('ready')
    expect(readFileSync(join(real, 'pod1/log'), 'utf8')).toBe('0\n1\n2\n3\n')
    expect(readFileSync(join(real, 'pod1/text'), 'utf8')).toBe('3')
  })

  test('is noticed by an idle pod when `checkMs` says so', async ({ skip }) => {
    skip(withoutBindfs !== undefined, withoutBindfs)
    const { mounted, process: server } = await bindfs()
    const { status } = await readyStatePod(mounted, { ...hanging, checkMs: 50 })
    await expect.poll(() => status()?.state, patient).toBe('ready')
    server.kill('SIGSTOP')
    await expect.poll(() => status()?.state, patient).toBe('degraded')
    server.kill('SIGCONT')
    await expect.poll(() => status()?.state, patient).toBe('ready')
  })

  test('from the start is waited for without another process', async ({ skip }) => {
    skip(withoutBindfs !== undefined, withoutBindfs)
    const { mounted, process: server } = await bindfs()
    server.kill('SIGSTOP')
    const { port, status } = statePod(mounted, hanging)
    await expect.poll(() => status()?.state, patient).toBe('degraded')
    await port.writeText('a', '1').catch(() => {})
    server.kill('SIGCONT')
    await expect.poll(() => status()?.state, patient).toBe('ready')
    expect(await port.readText('a')).toBe('1')
    expect(status()?.restarts).toBe(0)
  })

  test('does not hold up the end of the pod, and its process is gone', async ({ skip }) => {
    skip(withoutBindfs !== undefined, withoutBindfs)
    const { mounted, process: server } = await bindfs()
    const { port, status, end } = await readyStatePod(mounted, hanging)
    await port.writeText('a', '1')
    server.kill('SIGSTOP')
    await port.writeText('a', '2').catch(() => {})
    const pid = status()?.pid
    const asked = performance.now()
    await end()
    expect(performance.now() - asked).toBeLessThan(limitMs(4000))
    server.kill('SIGCONT')
    await expect.poll(() => listProcesses().some((entry) => entry.pid === pid)).toBe(false)
  })

  test('does not take the touching of files on other disks with it', async ({ skip }) => {
    skip(withoutBindfs !== undefined, withoutBindfs)
    const { mounted, process: server } = await bindfs()
    const dir = temporaryFolder()
    mkdirSync(join(mounted, 'beats'))
    const { port, status } = await readyStatePod(dir)
    await port.writeText('a', '1')
    server.kill('SIGSTOP')
    await expect(port.touch(join(mounted, 'beats/one'))).rejects.toThrow('volume does not answer')
    await port.writeText('a', '2')
    expect(status()?.state).toBe('ready')
  })
})

function freeBytes(dir: string): number {
  const [, line = ''] = execFileSync('df', ['--output=avail', '-B1', dir], { encoding: 'utf8' }).split('\n')
  return Number(line)
}
