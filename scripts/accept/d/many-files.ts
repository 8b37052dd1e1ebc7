import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pause } from '../../../supervisor/time.ts'
import { startHub } from '../../../test/fakes/hub.ts'
import { quickOptions } from '../../../test/fixtures/artifacts/run-uploader.ts'
import { uploaderChild } from '../../../test/fixtures/artifacts/uploader-child.ts'
import type { Line } from '../line.ts'
import { processUsage } from '../process-usage.ts'
import { until } from './until.ts'

export interface ManyFiles {
  readonly scanMs: number
  readonly entries: number
  readonly idlePercent: number
  readonly residentMb: number
  /** How long until one new file among them is on the Hub, beyond settling and debouncing. */
  readonly newFileMs: number
}

/** What an uploader costs that watches so many files, of which `matching` are to go up. */
export async function manyFiles(files: number, matching: number, idleMs: number): Promise<ManyFiles> {
  const folder = mkdtempSync(join(tmpdir(), 'podmate-many-'))
  const [tree, journal] = [join(folder, 'tree'), join(folder, 'journal')]
  for (let at = 0; at < files; at += 1) {
    const sub = join(tree, `run-${Math.floor(at / 500)}`)
    if (at % 500 === 0) mkdirSync(sub, { recursive: true })
    writeFileSync(join(sub, at < matching ? `${at}.json` : `${at}.txt`), '{}')
  }
  mkdirSync(journal)
  await using hub = await startHub()
  const options = { ...quickOptions(hub.url, tree), scanEveryMs: 120_000 }
  try {
    await using child = await uploaderChild(options, journal)
    const pid = child.process.pid ?? 0
    await until(() => child.report()?.activity === 'clean', 120_000)
    const before = processUsage(pid)
    await pause(idleMs)
    const after = processUsage(pid)
    const { scan } = child.report() ?? {}
    const startedMs = performance.now()
    writeFileSync(join(tree, 'run-0/new.json'), '{"new": true}')
    await until(() => hub.repo('pod/run').files.has('run-0/new.json'), 60_000)
    return {
      scanMs: scan?.tookMs ?? 0,
      entries: scan?.entries ?? 0,
      idlePercent: ((after.cpuSeconds - before.cpuSeconds) / (idleMs / 1000)) * 100,
      residentMb: after.supervisorMb,
      newFileMs: performance.now() - startedMs - options.settleMs - options.debounceMs,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** 100,000 files, of which 2,000 go up. */
export const manyFilesLine: Line = {
  title: '100,000 files in the tree',
  async check() {
    const { scanMs, entries, idlePercent, residentMb, newFileMs } = await manyFiles(100_000, 2000, 130_000)
    return [
      { fact: `${entries} entries scanned in ${scanMs} ms`, holds: entries > 100_000 && scanMs < 5000 },
      { fact: `idle: ${idlePercent.toFixed(2)} % of a core`, holds: idlePercent < 1 },
      { fact: `${residentMb.toFixed(0)} MB`, holds: residentMb > 0 && residentMb < 300 },
      { fact: `a new file noticed within ${Math.max(0, newFileMs).toFixed(0)} ms`, holds: newFileMs < 5000 },
    ]
  },
}
