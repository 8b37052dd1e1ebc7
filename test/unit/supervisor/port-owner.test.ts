import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  connectedProcesses,
  isListenedOn,
  listeningInodes,
  portOwner,
} from '../../../supervisor/port-owner.ts'

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
   1: 0100007F:1F40 0100007F:D2A8 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 20 4 30 10 -1
   2: 0100007F:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 100 0 0 10 0
`
const command = ['python', '-m', 'http.server', '8000', ''].join('\0')
let proc = ''

beforeAll(async () => {
  proc = await mkdtemp(join(tmpdir(), 'podmate-proc-'))
  await mkdir(join(proc, 'net'))
  await writeFile(join(proc, 'net/tcp'), table)
  for (const pid of ['7', '12', '99']) await mkdir(join(proc, pid, 'fd'), { recursive: true })
  await symlink('socket:[4712]', join(proc, '7/fd/3'))
  await symlink('/dev/null', join(proc, '12/fd/0'))
  await symlink('socket:[4711]', join(proc, '12/fd/3'))
  await writeFile(join(proc, '12/cmdline'), command)
  await symlink('socket:[4713]', join(proc, '99/fd/5'))
})
afterAll(() => rm(proc, { recursive: true }))

test('listeningInodes() finds listeners, not connections, of the port', () => {
  expect(listeningInodes(table, 8000)).toEqual(['4711'])
  expect(listeningInodes(table, 22)).toEqual(['4713'])
  expect(listeningInodes(table, 80)).toEqual([])
  expect(listeningInodes('', 80)).toEqual([])
})

test('portOwner() names pid and command', async () => {
  expect(await portOwner(8000, proc)).toBe('pid 12 (python -m http.server 8000)')
})

test('portOwner() names a process without a command line by its pid', async () => {
  expect(await portOwner(22, proc)).toBe('pid 99 (no command line)')
})

test('portOwner() says so when the owner cannot be seen', async () => {
  expect(await portOwner(81, proc)).toContain('owner unknown')
  expect(await portOwner(8000, join(proc, 'no-such-proc'))).toContain('owner unknown')
})

test('isListenedOn() knows the ports that are taken', async () => {
  expect(await isListenedOn(8000, proc)).toBe(true)
  expect(await isListenedOn(81, proc)).toBe(false)
  expect(await isListenedOn(8000, join(proc, 'no-such-proc'))).toBe(false)
})

test('connectedProcesses() finds who serves a connection, not who listens', async () => {
  expect(await connectedProcesses(8000, proc)).toEqual([7])
  expect(await connectedProcesses(22, proc)).toEqual([])
})
