import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sendSignal } from '../../fixtures/boot/send-signal.ts'
import { readyStatePod, statePod } from '../../fixtures/state/state-pod.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const patient = { timeout: 60_000 }

describe('state()', () => {
  test('keeps texts, lines and secrets in a folder of the pod that only the owner may read', async () => {
    const dir = join(temporaryFolder(), 'state')
    const { port } = await readyStatePod(dir)
    await port.writeText('last-shutdown.json', '{"clean":true}')
    await port.append('timings/phases.jsonl', '{"phase":1}\n')
    await port.append('timings/phases.jsonl', '{"phase":2}\n')
    const secret = await port.secret('api-token')

    expect(await port.readText('last-shutdown.json')).toBe('{"clean":true}')
    expect(await port.readText('timings/phases.jsonl')).toBe('{"phase":1}\n{"phase":2}\n')
    expect(await port.readText('nothing')).toBeUndefined()
    expect(secret).toMatch(/^[0-9a-f]{32}$/)
    expect(await port.secret('api-token')).toBe(secret)
    expect(modes(dir, 'pod1', 'pod1/api-token', 'pod1/last-shutdown.json', 'pod1/owner.json')).toEqual([
      '700',
      '600',
      '600',
      '600',
    ])
  })

  test('gives the folder up at its end, and gives the same secret to the next pod', async () => {
    const dir = temporaryFolder()
    const first = await readyStatePod(dir)
    const secret = await first.port.secret('api-token')
    await first.end()
    expect(readdirSync(join(dir, 'pod1'))).toEqual(['api-token'])
    await expect(first.port.readText('api-token')).rejects.toMatchObject({ code: 'NOT_RUNNING' })
    const second = await readyStatePod(dir)
    expect(await second.port.secret('api-token')).toBe(secret)
  })

  test('touches a file anywhere, and says which one it could not', async () => {
    const folder = temporaryFolder()
    const { port, status } = await readyStatePod(join(folder, 'state'))
    const heartbeat = join(folder, 'heartbeat')
    await port.touch(heartbeat)
    expect(existsSync(heartbeat)).toBe(true)
    await expect(port.touch(join(folder, 'missing/heartbeat'))).rejects.toThrow(
      /not touched: .*missing\/heartbeat/,
    )
    expect(status()?.state).toBe('ready')
  })

  test('tells when a file anywhere was last changed', async () => {
    const folder = temporaryFolder()
    const { port } = await readyStatePod(join(folder, 'state'))
    const heartbeat = join(folder, 'heartbeat')
    expect(await port.modifiedMs(heartbeat)).toBeUndefined()
    await port.touch(heartbeat)
    expect(await port.modifiedMs(heartbeat)).toBe(statSync(heartbeat).mtimeMs)
    await expect(port.modifiedMs(join(heartbeat, 'below'))).rejects.toThrow(/not looked at: .*ENOTDIR/)
  })

  test('refuses a name that leads out of its folder', async () => {
    const { port } = await readyStatePod(temporaryFolder())
    await expect(port.writeText('../other/file', 'x')).rejects.toThrow(RangeError)
  })

  test('rejects a write that can never succeed, and goes on with the next one', async () => {
    const dir = temporaryFolder()
    const { port } = await readyStatePod(dir)
    mkdirSync(join(dir, 'pod1/folder'), { recursive: true })
    await expect(port.writeText('folder', 'x')).rejects.toThrow('EISDIR')
    await expect(port.writeText('file', 'x')).resolves.toBeUndefined()
  })

  test('rotates an appended file at its limit and keeps one older file', async () => {
    const dir = temporaryFolder()
    const { port } = await readyStatePod(dir, { appendLimitBytes: 20 })
    for (const line of ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight']) {
      await port.append('log', `${line}-${line}\n`)
    }
    expect(readdirSync(join(dir, 'pod1')).sort(byName)).toEqual(['log', 'log.1', 'owner.json'])
    expect(readFileSync(join(dir, 'pod1/log'), 'utf8')).toBe('eight-eight\n')
    expect(readFileSync(join(dir, 'pod1/log.1'), 'utf8')).toBe('six-six\nseven-seven\n')
  })

  test('starts a new process when the old one was killed, and writes what came in between', async () => {
    const dir = temporaryFolder()
    const { port, status } = await readyStatePod(dir)
    await port.writeText('a', 'before')
    sendSignal(status()?.pid, 'SIGKILL')
    await expect.poll(() => status()?.lastEnding?.signal).toBe('SIGKILL')
    await port.append('b', 'meanwhile\n').catch(() => {})
    await expect.poll(() => status()?.state, patient).toBe('ready')
    expect(await port.readText('a')).toBe('before')
    await expect.poll(() => readFileSync(join(dir, 'pod1/b'), 'utf8')).toBe('meanwhile\n')
  })

  test('goes on when its folder is removed under it', async () => {
    const dir = temporaryFolder()
    const { port, status } = await readyStatePod(dir)
    await port.writeText('a', '1')
    rmSync(join(dir, 'pod1'), { recursive: true })
    await port.writeText('a', '2').catch(() => {})
    await expect.poll(() => existsSync(join(dir, 'pod1/a')) && status()?.state, patient).toBe('ready')
    expect(await port.readText('a')).toBe('2')
  })

  test('says that a parent folder is missing, creates none, and starts when it is there', async () => {
    const folder = temporaryFolder()
    const dir = join(folder, 'workspace/.podmate')
    const { port, status } = statePod(dir)
    await expect.poll(() => status()?.state, patient).toBe('degraded')
    expect(status()?.reason).toBe(
      `${folder}/workspace does not exist; create it or mount the volume, or set POD_STATE_DIR to another folder (ENOENT)`,
    )
    await expect(port.writeText('kept', 'x')).rejects.toMatchObject({ code: 'VOLUME_UNAVAILABLE' })
    expect(existsSync(join(folder, 'workspace'))).toBe(false)
    mkdirSync(join(folder, 'workspace'))
    await expect.poll(() => status()?.state, patient).toBe('ready')
    expect(await port.readText('kept')).toBe('x')
  })

  test('says that a file is where the folder should be', async () => {
    const dir = join(temporaryFolder(), 'state')
    writeFileSync(dir, '')
    const { status } = statePod(dir)
    await expect
      .poll(() => status()?.reason)
      .toContain(`${dir} is a file where a folder is needed; remove it`)
  })
})

function modes(dir: string, ...names: readonly string[]): readonly string[] {
  return names.map((name) => (statSync(join(dir, name)).mode & 0o777).toString(8))
}

function byName(one: string, other: string): number {
  return one.localeCompare(other)
}
