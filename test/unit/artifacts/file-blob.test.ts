import { execFileSync } from 'node:child_process'
import { readdirSync, readlinkSync } from 'node:fs'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { FileBlob } from '../../../services/artifacts/uploader/hub/file-blob.ts'

const content = Buffer.from(Array.from({ length: 700_000 }, (_, at) => (at * 7) % 251))

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'podmate-blob-'))
  onTestFinished(() => rm(made, { recursive: true, force: true }))
  return made
}

test('FileBlob slices and reads like a Blob of the same bytes', async () => {
  const path = join(await folder(), 'a.pt')
  await writeFile(path, content)
  const ours = new FileBlob(path, () => true, 0, content.length)
  const real = new Blob([content])
  expect(Buffer.from(await ours.arrayBuffer()).equals(content)).toBe(true)
  const place = fc.option(fc.integer({ min: -800_000, max: 800_000 }), { nil: undefined })
  await fc.assert(
    fc.asyncProperty(place, place, place, async (start, end, again) => {
      const [mine, its] = [ours.slice(start, end).slice(again), real.slice(start, end).slice(again)]
      expect(mine.size).toBe(its.size)
      expect(Buffer.from(await mine.arrayBuffer()).equals(Buffer.from(await its.arrayBuffer()))).toBe(true)
    }),
    { numRuns: 30 },
  )
  expect(await ours.slice(0, 3).text()).toBe(await real.slice(0, 3).text())
})

test('FileBlob looks before and after it reads', async () => {
  const path = join(await folder(), 'a.pt')
  await writeFile(path, content)
  const before = new FileBlob(path, () => false, 0, 10)
  await expect(before.arrayBuffer()).rejects.toMatchObject({ kind: 'changed-file', path })
  let looks = 0
  const after = new FileBlob(path, () => ++looks === 1, 0, 10)
  await expect(after.arrayBuffer()).rejects.toMatchObject({ kind: 'changed-file', path })
  expect(looks).toBe(2)
  const shorter = new FileBlob(path, () => true, 0, content.length + 1)
  await expect(shorter.text()).rejects.toMatchObject({ kind: 'changed-file', path })
})

test.runIf(process.platform === 'linux')('FileBlob keeps no file open for a reader that goes', async () => {
  const path = join(await folder(), 'a.pt')
  await writeFile(path, Buffer.alloc(3_000_000))
  const reader = new FileBlob(path, () => true, 0, 3_000_000).stream().getReader()
  expect((await reader.read()).done).toBe(false)
  const descriptors = readdirSync('/proc/self/fd')
  expect(descriptors.length).toBeGreaterThan(3)
  expect(descriptors.map(targetOf)).not.toContain(path)
})

function targetOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`)
  } catch {
    return 'closed meanwhile'
  }
}

test('FileBlob follows no link and waits for no pipe', async () => {
  const made = await folder()
  const [link, pipe] = [join(made, 'link'), join(made, 'pipe')]
  await symlink('/etc/hostname', link)
  execFileSync('mkfifo', [pipe])
  for (const path of [link, pipe, made, join(made, 'nothing')]) {
    const reading = new FileBlob(path, () => true, 0, 5).arrayBuffer()
    await expect(reading).rejects.toMatchObject({ kind: 'changed-file' })
  }
})
