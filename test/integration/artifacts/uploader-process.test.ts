import { once } from 'node:events'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { killUploader } from '../../../scripts/accept/d/kill-uploader.ts'
import { manyFiles } from '../../../scripts/accept/d/many-files.ts'
import { writeWhileUploading } from '../../../scripts/accept/d/writer.ts'
import { startHub, tokens } from '../../fakes/hub.ts'
import { quickOptions } from '../../fixtures/artifacts/run-uploader.ts'
import { temporaryFolder } from '../../fixtures/artifacts/temporary-folder.ts'
import { uploaderChild } from '../../fixtures/artifacts/uploader-child.ts'
import { limitMs } from '../../fixtures/limit.ts'

test('an uploader that is killed at random moments loses nothing and sends no stored object again', async () => {
  const found = await killUploader(4, 4_000_000, 3)
  expect(found).toMatchObject({ differing: [], left: [], afterStored: 0 })
  expect(found.again).toBeLessThanOrEqual(found.kills)
})

test('only versions that existed whole reach the Hub while a writer pauses in the middle', async () => {
  const times = { everyMs: 100, forMs: 3000, pauseMs: 400, settleMs: 150 }
  const found = await writeWhileUploading({ bytes: 2_000_000, ...times })
  expect(found).toMatchObject({ broken: [], lastIsThere: true })
  expect(found.commits).toBeGreaterThan(1)
})

test('many files are scanned quickly, cost nothing when idle and hide no new one', async () => {
  const found = await manyFiles(4000, 200, 1500)
  expect(found.entries).toBeGreaterThan(4000)
  expect(found.scanMs).toBeLessThan(limitMs(1000))
  expect(found.idlePercent).toBeLessThan(5)
  expect(found.residentMb).toBeLessThan(300)
  expect(found.newFileMs).toBeLessThan(limitMs(3000))
})

test('what stays here is in the report before a flush is answered', async () => {
  await using folder = await temporaryFolder()
  await using hub = await startHub()
  const journal = join(folder.path, '.journal')
  await mkdir(journal)
  await folder.write('a.json', '{}')
  await using child = await uploaderChild(quickOptions(hub.url, folder.path), journal)
  await expect.poll(() => child.report()?.safeFiles, { timeout: 60_000 }).toBe(1)
  for (const name of ['one.ckpt', 'two.ckpt', 'three.ckpt']) {
    const { path } = await folder.write(name, 'x')
    expect(await child.flush(600_000)).toMatchObject({ leftFiles: 0 })
    expect(child.report()?.unmatched).toContain(path)
  }
})

test('the uploader ends with its parent, and keeps its token out of its arguments and its environment', async () => {
  await using folder = await temporaryFolder()
  await using hub = await startHub()
  const journal = join(folder.path, '.journal')
  await mkdir(journal)
  await folder.write('a.json', '{}')
  await using child = await uploaderChild(quickOptions(hub.url, folder.path), journal)
  await expect.poll(() => child.report()?.safeFiles, { timeout: 60_000 }).toBe(1)
  for (const name of ['cmdline', 'environ']) {
    expect(await readFile(`/proc/${child.process.pid}/${name}`, 'utf8')).not.toContain(tokens.write)
  }
  expect(JSON.stringify([child.events, child.report()])).not.toContain(tokens.write)
  const ended = once(child.process, 'exit')
  child.process.disconnect()
  expect(await ended).toEqual([0, null])
})
