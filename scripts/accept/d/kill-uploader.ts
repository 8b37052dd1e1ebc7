import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pause } from '../../../supervisor/time.ts'
import { startHub } from '../../../test/fakes/hub.ts'
import { quickOptions } from '../../../test/fixtures/artifacts/run-uploader.ts'
import { uploaderChild } from '../../../test/fixtures/artifacts/uploader-child.ts'
import { random } from '../../../test/fixtures/chaos/random.ts'
import type { Line } from '../line.ts'
import { differences, isSending, repetitions } from './compare-hub.ts'

export interface KillResult {
  readonly kills: number
  /** Kills that met it while it was sending. */
  readonly whileSending: number
  readonly files: number
  readonly differing: readonly string[]
  readonly afterStored: number
  readonly again: number
  /** What was still missing a minute after the last start. */
  readonly left: readonly string[]
}

/** Kills the uploader's process at random moments while files come and change, then lets one finish. */
export async function killUploader(kills: number, fileBytes: number, seed: number): Promise<KillResult> {
  const next = random(seed)
  const folder = await mkdtemp(join(tmpdir(), 'podmate-kills-'))
  const [files, journal] = [join(folder, 'files'), join(folder, 'journal')]
  await mkdir(files)
  await mkdir(journal)
  // Whole files, so that what was sent twice is counted in files.
  await using hub = await startHub({ multipartAboveBytes: 1e12 })
  hub.faults.add({ fault: 'slow', bytesPerSecond: 60_000_000, on: ['put', 'put-part'], times: 'always' })
  const options = { ...quickOptions(hub.url, files), settleMs: 50, debounceMs: 50 }
  try {
    let whileSending = 0
    for (let round = 0; round < kills; round += 1) {
      await writeFile(join(files, `metrics-${round % 5}.json`), JSON.stringify({ round, noise: next() }))
      await writeFile(join(files, `step-${round}.pt`), randomBytes(fileBytes))
      await using child = await uploaderChild(options, journal)
      await pause(200 + 900 * next())
      if (isSending(hub)) whileSending += 1
      await child.kill()
    }
    await using last = await uploaderChild(options, journal)
    const { left } = await last.flush(60_000)
    return {
      kills,
      whileSending,
      files: 5 + kills,
      left,
      differing: await differences(hub, files),
      ...repetitions(hub),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** 20 times, with files of 30 MB. */
export const killUploaderLine: Line = {
  title: 'kill -9 of the uploader at 20 random moments',
  async check() {
    const found = await killUploader(20, 30_000_000, 5)
    const { kills, whileSending, differing, afterStored, again, left } = found
    const wrong = [...differing, ...left]
    return [
      { fact: `${kills} kills, ${whileSending} of them amid a transfer`, holds: whileSending > 0 },
      {
        fact: `the Hub equals the folder${wrong.length > 0 ? ` but for ${wrong.join(', ')}` : ''}`,
        holds: wrong.length === 0,
      },
      { fact: `${afterStored} stored objects sent again`, holds: afterStored === 0 },
      { fact: `${again} unfinished transfers repeated`, holds: again <= kills },
    ]
  },
}
