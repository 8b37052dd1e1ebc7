import { execFile, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { UploadUsage } from '../../../test/fixtures/artifacts/upload-program.ts'
import type { Line } from '../line.ts'
import { median } from '../median.ts'

const fixture = (path: string) => fileURLToPath(new URL(`../../../test/${path}`, import.meta.url))

/** Who sends: our client, plain fetch, or the library by itself. */
export type Way = 'ours' | 'raw' | 'library'

export interface Throughput {
  readonly ways: Readonly<Record<Way, readonly UploadUsage[]>>
  readonly bytes: number
}

interface Options {
  readonly files: number
  readonly bytesPerFile: number
  readonly rounds: number
  readonly ways?: readonly Way[]
  /** The stand-in asks for parts of 20 MB, as the Hub does; otherwise for whole files. */
  readonly parts: boolean
}

/** Sends the same random files to a stand-in, each way in turn, each in processes of their own. */
export async function throughput(options: Options): Promise<Throughput> {
  const { files, bytesPerFile, rounds, parts, ways: wanted = ['ours', 'raw', 'library'] } = options
  const folder = await mkdtemp(join(tmpdir(), 'podmate-throughput-'))
  const limits = JSON.stringify({ multipartAboveBytes: parts ? 20e6 : Number.MAX_SAFE_INTEGER })
  try {
    const named = await Promise.all(
      Array.from({ length: files }, (_, at) => randomFile(join(folder, `${at}.pt`), bytesPerFile)),
    )
    const ways: Record<Way, UploadUsage[]> = { ours: [], raw: [], library: [] }
    for (let round = 0; round < rounds; round += 1) {
      for (const way of wanted) ways[way].push(await uploadTo(join(folder, 'hub'), limits, way, named))
    }
    return { ways, bytes: files * bytesPerFile }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A stand-in of its own for each upload: nothing of the last one is there. */
async function uploadTo(
  folder: string,
  limits: string,
  way: Way,
  files: readonly string[],
): Promise<UploadUsage> {
  await mkdir(folder)
  const hub = spawn(process.execPath, [fixture('fakes/hub.ts'), '--dir', folder, '--limits', limits], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(hub, 'exit')
  try {
    const [url] = await once(createInterface({ input: hub.stdout }), 'line')
    const program = fixture('fixtures/artifacts/upload-program.ts')
    const { stdout } = await promisify(execFile)(process.execPath, [program, way, url, 'pod/run', ...files])
    return JSON.parse(stdout)
  } finally {
    hub.kill('SIGKILL')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
}

/** Makes a file of random bytes; gives `path=sha256`. */
async function randomFile(path: string, bytes: number): Promise<string> {
  const hash = createHash('sha256')
  await using file = await open(path, 'w')
  for (let left = bytes; left > 0; left -= 8e6) {
    const block = randomBytes(Math.min(left, 8e6))
    hash.update(block)
    await file.write(block)
  }
  return `${path}=${hash.digest('hex')}`
}

/** MB/s, CPU seconds for a GB and the most memory, in words. */
export function speedOf(usages: readonly UploadUsage[], bytes: number): string {
  const speed = bytes / 1e6 / median(usages.map(({ seconds }) => seconds))
  const cpu = median(usages.map(({ cpuSeconds }) => cpuSeconds)) / (bytes / 1e9)
  const peak = Math.max(...usages.map(({ peakMb }) => peakMb))
  return `${speed.toFixed(0)} MB/s, ${cpu.toFixed(1)} CPU s/GB, ${peak.toFixed(0)} MB`
}

/** How much of the speed of plain fetch is left; the rounds go in turn, so that the machine's moods meet all. */
export function shareOfRaw({ ways: { ours, raw } }: Throughput): number {
  return median(raw.map(({ seconds }, at) => seconds / (ours[at]?.seconds ?? Number.POSITIVE_INFINITY)))
}

/** Beside a raw PUT of the same bytes, and memory at 5 files of 1 GB. */
export const throughputLine: Line = {
  title: 'throughput and memory of uploads',
  async check() {
    const whole = await throughput({ files: 2, bytesPerFile: 300e6, rounds: 5, parts: false })
    const inParts = await throughput({ files: 2, bytesPerFile: 300e6, rounds: 5, parts: true })
    const large = await throughput({ files: 5, bytesPerFile: 1e9, rounds: 1, parts: true, ways: ['ours'] })
    const peak = Math.max(...large.ways.ours.map(({ peakMb }) => peakMb))
    const findings = [['whole', whole] as const, ['in parts', inParts] as const].map(([name, found]) => {
      const [mine, plain, theirs] = (['ours', 'raw', 'library'] as const).map((way) =>
        speedOf(found.ways[way], found.bytes),
      )
      const share = shareOfRaw(found)
      const fact = `${name}: ${mine}; raw PUT ${plain}; library ${theirs}: ${(share * 100).toFixed(0)} % of raw`
      return { fact, holds: share >= 0.8 }
    })
    return [
      ...findings,
      { fact: `5 x 1 GB: ${speedOf(large.ways.ours, large.bytes)} at most`, holds: peak > 0 && peak < 500 },
    ]
  },
}

if (import.meta.main) {
  const findings = await throughputLine.check()
  console.log(findings.map(({ fact }) => fact).join('\n'))
  process.exitCode = findings.every(({ holds }) => holds) ? 0 : 1
}
