import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { appendBounded } from '../../../services/state/child/append-bounded.ts'
import { secret } from '../../../services/state/child/secret.ts'
import { touch } from '../../../services/state/child/touch.ts'
import { writeWhole } from '../../../services/state/child/write-whole.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

describe('writeWhole()', () => {
  test('replaces the text, leaves no other file, and lets only the owner read it', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'a')
    writeFileSync(`${path}.tmp`, 'left by a crash, and longer than what comes', { mode: 0o644 })
    await writeWhole(path, 'old')
    await writeWhole(path, 'new')
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(readdirSync(folder)).toEqual(['a'])
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('keeps the old file when it fails, and leaves nothing behind', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'a'))
    await expect(writeWhole(join(folder, 'a'), 'new')).rejects.toMatchObject({ code: 'EISDIR' })
    expect(readdirSync(folder)).toEqual(['a'])
  })
})

describe('appendBounded()', () => {
  test('begins a line of its own after one that a crash cut off', async () => {
    const path = join(temporaryFolder(), 'log')
    writeFileSync(path, '{"whole":1}\n{"cut')
    await appendBounded(path, '{"whole":2}\n', 1000)
    expect(readFileSync(path, 'utf8')).toBe('{"whole":1}\n{"cut\n{"whole":2}\n')
  })

  test('rotates before a file would grow over its limit, but writes a text that is longer than that', async () => {
    const path = join(temporaryFolder(), 'log')
    await appendBounded(path, 'longer than ten\n', 10)
    expect(existsSync(`${path}.1`)).toBe(false)
    await appendBounded(path, 'b\n', 10)
    await appendBounded(path, 'c\n', 10)
    expect(readFileSync(path, 'utf8')).toBe('b\nc\n')
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('longer than ten\n')
  })
})

describe('secret()', () => {
  test('keeps one that the user has written', async () => {
    const path = join(temporaryFolder(), 'api-token')
    writeFileSync(path, 'a-token-that-i-chose\n')
    expect(await secret(path)).toBe('a-token-that-i-chose')
  })

  test('replaces one that was cut off', async () => {
    const path = join(temporaryFolder(), 'api-token')
    writeFileSync(path, 'cut')
    const made = await secret(path)
    expect(made).toMatch(/^[0-9a-f]{32}$/)
    expect(await secret(path)).toBe(made)
  })
})

describe('touch()', () => {
  test('sets the time of a file to now and leaves what is in it', async () => {
    const path = join(temporaryFolder(), 'heartbeat')
    writeFileSync(path, 'text')
    chmodSync(path, 0o640)
    utimesSync(path, 1000, 1000)
    await touch(path)
    expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(60_000)
    expect(readFileSync(path, 'utf8')).toBe('text')
    expect(statSync(path).mode & 0o777).toBe(0o640)
  })

  test('follows no link and opens no pipe of another account, and makes a file for it', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'cannot be installed: only root is in danger')
    const root = temporaryFolder()
    const folder = join(root, 'of-another')
    const victim = join(root, 'victim')
    mkdirSync(folder)
    mkdirSync(join(root, 'roots'))
    writeFileSync(victim, 'text')
    utimesSync(victim, 1000, 1000)
    symlinkSync(victim, join(folder, 'link'))
    symlinkSync(join(root, 'new'), join(folder, 'dangling'))
    symlinkSync(join(root, 'roots'), join(folder, 'way'))
    linkSync(victim, join(folder, 'hard'))
    execFileSync('mkfifo', [join(folder, 'pipe')])
    chownSync(folder, 4711, 4712)
    for (const name of ['link', 'dangling', 'way/new', 'hard', 'pipe'])
      await expect(touch(join(folder, name)), name).rejects.toThrow()
    expect(statSync(victim).mtimeMs).toBe(1_000_000)
    expect([existsSync(join(root, 'new')), readdirSync(join(root, 'roots'))]).toEqual([false, []])
    await touch(join(folder, 'heartbeat'))
    expect(statSync(join(folder, 'heartbeat'))).toMatchObject({ uid: 4711, gid: 4712 })
  })
})
