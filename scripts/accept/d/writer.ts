import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pause } from '../../../supervisor/time.ts'
import { type Hub, startHub } from '../../../test/fakes/hub.ts'
import { quickOptions } from '../../../test/fixtures/artifacts/run-uploader.ts'
import { uploaderChild } from '../../../test/fixtures/artifacts/uploader-child.ts'
import { storedZip } from '../../../test/fixtures/inference/stored-zip.ts'
import type { Line } from '../line.ts'

export interface WriterOptions {
  readonly bytes: number
  readonly everyMs: number
  readonly forMs: number
  /** How long the writer pauses in the middle of a write; longer than files take to settle. */
  readonly pauseMs: number
  readonly settleMs: number
}

export interface WriterResult {
  readonly written: number
  readonly commits: number
  readonly versionsOnHub: number
  /** Versions on the Hub that never existed whole. */
  readonly broken: readonly string[]
  readonly lastIsThere: boolean
}

/**
 * Rewrites a checkpoint in place, pausing in the middle, and renames others into place beside it, while the uploader
 * runs; then looks at every version that ever was in the repo.
 */
export async function writeWhileUploading(options: WriterOptions): Promise<WriterResult> {
  const folder = await mkdtemp(join(tmpdir(), 'podmate-writer-'))
  const [files, journal] = [join(folder, 'files'), join(folder, 'journal')]
  await mkdir(files)
  await mkdir(journal)
  await using hub = await startHub()
  const { settleMs } = options
  await using child = await uploaderChild(
    { ...quickOptions(hub.url, files), settleMs, debounceMs: settleMs / 2 },
    journal,
  )
  const whole = new Set<string>()
  try {
    const endMs = performance.now() + options.forMs
    let written = 0
    for (; performance.now() < endMs; written += 1) {
      const startedMs = performance.now()
      await writeInPlace(
        join(files, 'in-place.pt'),
        checkpoint(options.bytes, whole),
        written % 3 === 1 ? options.pauseMs : 50,
      )
      await writeFile(join(files, 'next.tmp'), checkpoint(options.bytes / 10, whole))
      await rename(join(files, 'next.tmp'), join(files, `renamed-${written % 3}.pt`))
      // Every fourth is left alone for long enough to be taken.
      const restMs = written % 4 === 3 ? settleMs * 3 : options.everyMs
      await pause(Math.max(0, restMs - (performance.now() - startedMs)))
    }
    await child.flush(30_000)
    const last = await hub.repo('pod/run').read('in-place.pt')
    return { written, lastIsThere: whole.has(sha256(last)), ...versionsOn(hub, whole) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function writeInPlace(path: string, bytes: Buffer, pauseMs: number): Promise<void> {
  await using file = await open(path, 'w')
  const half = Math.floor(bytes.length / 2)
  await file.write(bytes.subarray(0, half))
  await pause(pauseMs)
  await file.write(bytes.subarray(half))
}

/** A checkpoint as torch.save writes it, with other weights each time. */
function checkpoint(bytes: number, whole: Set<string>): Buffer {
  const zip = storedZip([
    { name: 'archive/data.pkl', data: Buffer.from('pickle') },
    { name: 'archive/data/0', data: randomBytes(bytes) },
  ])
  whole.add(sha256(zip))
  return zip
}

function versionsOn(hub: Hub, whole: ReadonlySet<string>) {
  const repo = hub.repo('pod/run')
  const versions = repo.commits.flatMap(({ oid }) =>
    [...repo.filesAt(oid).values()].map((file) => file.sha256 ?? ''),
  )
  const onHub = new Set([...versions, ...repo.objects.keys()].filter((hash) => hash !== ''))
  const broken = [...onHub].filter((hash) => !whole.has(hash))
  return { commits: repo.commits.length - 1, versionsOnHub: onHub.size, broken }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** 50 MB every 3 s for a minute. */
export const writerLine: Line = {
  title: 'a writer that rewrites in place and pauses in the middle',
  async check() {
    const times = { everyMs: 3000, forMs: 60_000, pauseMs: 7000, settleMs: 5000 }
    const found = await writeWhileUploading({ bytes: 50_000_000, ...times })
    const { written, commits, versionsOnHub, broken, lastIsThere } = found
    return [
      { fact: `${written} rewrites, ${commits} commits`, holds: commits > 1 },
      {
        fact: `${broken.length} of ${versionsOnHub} versions on the Hub never were whole`,
        holds: broken.length === 0,
      },
      { fact: 'the last one is there', holds: lastIsThere },
    ]
  },
}
