import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHub } from '../../../test/fakes/hub.ts'
import { quickOptions } from '../../../test/fixtures/artifacts/run-uploader.ts'
import { type UploaderChild, uploaderChild } from '../../../test/fixtures/artifacts/uploader-child.ts'
import type { Line } from '../line.ts'
import { differences } from './compare-hub.ts'
import { until } from './until.ts'

/** 30 files, then one that changes, then a restart; at the usual times. */
export const thirtyFilesLine: Line = {
  title: '30 files, one change, one restart',
  async check() {
    const folder = await mkdtemp(join(tmpdir(), 'podmate-thirty-'))
    const [files, journal] = [join(folder, 'files'), join(folder, 'journal')]
    await mkdir(files)
    await mkdir(journal)
    await using hub = await startHub()
    const options = {
      ...quickOptions(hub.url, files),
      settleMs: 5000,
      debounceMs: 10_000,
      maxWaitMs: 120_000,
      commitsPerHour: 30,
    }
    const commits = () => (hub.hasRepo('pod/run') ? hub.repo('pod/run').commits.length - 1 : 0)
    try {
      for (let at = 0; at < 24; at += 1) await writeFile(join(files, `${at}.json`), `{"at": ${at}}`)
      for (let at = 0; at < 6; at += 1) await writeFile(join(files, `${at}.pt`), randomBytes(5_000_000))
      const startedMs = performance.now()
      const first = await uploaderChild(options, journal)
      await until(() => commits() > 0 && isClean(first), 60_000)
      const [requests, seconds] = [hub.log.length, (performance.now() - startedMs) / 1000]
      const made = commits()
      await writeFile(join(files, '7.json'), '{"at": 77}')
      await until(() => commits() > made && isClean(first), 60_000)
      const changeRequests = hub.log.length - requests
      await first.kill()
      const before = hub.log.length
      await using second = await uploaderChild(options, journal)
      await until(() => isClean(second), 60_000)
      const routes = hub.log.slice(before).map(({ route }) => route)
      const wrong = await differences(hub, files)
      return [
        {
          fact: `30 files: ${made} commit, ${requests} requests, ${seconds.toFixed(0)} s`,
          holds: made === 1 && requests <= 20,
        },
        {
          fact: `one change: ${commits() - made} commit, ${changeRequests} requests`,
          holds: commits() === 2 && changeRequests <= 6,
        },
        {
          fact: `restart: ${routes.join(' ')}`,
          holds: !routes.some((route) => /commit|put|batch/.test(route)),
        },
        { fact: `${wrong.length} differences`, holds: wrong.length === 0 },
      ]
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

function isClean(child: UploaderChild): boolean {
  return child.report()?.activity === 'clean'
}
