import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { socketFolder } from '../../../services/http/listening/socket-folder.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'podmate-folder-'))
})
afterEach(() => rm(root, { recursive: true }))

const modeOf = async (folder: string) => (await stat(folder)).mode & 0o777

test('socketFolder() makes the folder with its mode, whatever the umask', async () => {
  await socketFolder(join(root, 'a'), 0o755, undefined)
  await socketFolder(join(root, 'b'), 0o700, undefined)
  expect([await modeOf(join(root, 'a')), await modeOf(join(root, 'b'))]).toEqual([0o755, 0o700])
})

test('socketFolder() takes a folder of ours that is there already', async () => {
  await socketFolder(join(root, 'a'), 0o700, undefined)
  await expect(socketFolder(join(root, 'a'), 0o700, undefined)).resolves.toBeUndefined()
})

test('socketFolder() refuses a link, even to a folder of ours', async () => {
  await mkdir(join(root, 'real'), { mode: 0o700 })
  await symlink(join(root, 'real'), join(root, 'link'))
  await expect(socketFolder(join(root, 'link'), 0o700, undefined)).rejects.toThrow('link is not a folder')
})

test('socketFolder() refuses a folder that others may write in', async () => {
  await mkdir(join(root, 'open'))
  await chmod(join(root, 'open'), 0o777)
  await expect(socketFolder(join(root, 'open'), 0o700, undefined)).rejects.toThrow('may be written by others')
})

test('socketFolder() refuses a file', async () => {
  await writeFile(join(root, 'file'), '')
  await expect(socketFolder(join(root, 'file'), 0o700, undefined)).rejects.toThrow()
})

test.runIf(process.getuid?.() === 0)('socketFolder() refuses a folder of somebody else', async () => {
  const { chown } = await import('node:fs/promises')
  await mkdir(join(root, 'theirs'), { mode: 0o700 })
  await chown(join(root, 'theirs'), 65_534, 65_534)
  await expect(socketFolder(join(root, 'theirs'), 0o700, undefined)).rejects.toThrow('belongs to uid 65534')
})
