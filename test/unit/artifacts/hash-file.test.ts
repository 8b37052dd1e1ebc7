import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { rename, symlink, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { hashFile } from '../../../services/artifacts/uploader/hash-file.ts'
import { temporaryFolder } from '../../fixtures/artifacts/temporary-folder.ts'

describe('hashFile()', () => {
  test.for([0, 1, 5000, 3_000_001])('gives sha256 and the name as a git blob of %d bytes', async (length) => {
    await using folder = await temporaryFolder()
    const content = randomBytes(length)
    const file = await folder.write('a.pt', content)
    const { sha256, gitOid } = await hashFile(file)
    expect(sha256).toBe(createHash('sha256').update(content).digest('hex'))
    expect(gitOid).toBe(execFileSync('git', ['hash-object', file.path], { encoding: 'utf8' }).trim())
  })

  test('tells the kind of a secret in a text', async () => {
    await using folder = await temporaryFolder()
    const file = await folder.write('run.json', JSON.stringify({ env: `hf_${'x'.repeat(34)}` }))
    expect((await hashFile(file)).secret).toBe('a Hugging Face token')
  })

  test('rejects when the file changes while it is read', async () => {
    await using folder = await temporaryFolder()
    const file = await folder.write('a.pt', randomBytes(30_000_000))
    const hashing = expect(hashFile(file)).rejects.toMatchObject({ kind: 'changed-file', path: file.path })
    await writeFile(file.path, 'short')
    await hashing
  })

  test('rejects when another file was renamed over it while it was read', async () => {
    await using folder = await temporaryFolder()
    const file = await folder.write('a.pt', randomBytes(30_000_000))
    await folder.write('b.pt', 'other')
    const hashing = expect(hashFile(file)).rejects.toMatchObject({ kind: 'changed-file' })
    await rename(`${folder.path}/b.pt`, file.path)
    await hashing
  })

  test('follows no link, neither the file nor a folder on its way', async () => {
    await using folder = await temporaryFolder()
    const { identity } = await folder.write('outside/a.pt', 'secret')
    await symlink(`${folder.path}/outside`, `${folder.path}/folder`)
    await symlink(`${folder.path}/outside/a.pt`, `${folder.path}/link.pt`)
    for (const path of [`${folder.path}/folder/a.pt`, `${folder.path}/link.pt`]) {
      await expect(hashFile({ path, identity })).rejects.toMatchObject({ kind: 'changed-file' })
    }
  })
})
