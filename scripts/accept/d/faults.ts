import { createHash, randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { HubProblem } from '../../../services/artifacts/uploader/hub/hub-problem.ts'
import type { HubRepo } from '../../../services/artifacts/uploader/hub/hub-repo.ts'
import type { LocalFile } from '../../../services/artifacts/uploader/hub/local-file.ts'
import type { Fault } from '../../../test/fakes/hub/faults.ts'
import { type Hub, startHub } from '../../../test/fakes/hub.ts'
import {
  always,
  clientOf,
  type Outbox,
  outbox,
  quickTiming,
} from '../../../test/fixtures/artifacts/client-of.ts'
import { random } from '../../../test/fixtures/chaos/random.ts'
import type { Line } from '../line.ts'

/** What came of many rounds of mixed faults. */
export interface FaultRounds {
  /** Requests that met a fault. */
  readonly faults: number
  readonly commits: number
  /** Files whose bytes on the Hub are not those of the folder. */
  readonly lost: readonly string[]
  /** Commits that were made twice, or that changed nothing, and objects sent after the storage acknowledged them. */
  readonly doubled: readonly string[]
}

/** All that may go wrong and pass, on any route that it can happen on. */
const mixture: readonly Fault[] = [
  { fault: 'answer', status: 408 },
  { fault: 'answer', status: 429, retryAfter: 0 },
  { fault: 'answer', status: 429, retryAfter: 120, on: 'commit' },
  { fault: 'answer', status: 500 },
  { fault: 'answer', status: 503, early: true },
  { fault: 'answer', status: 403, on: ['put', 'put-part', 'complete'] },
  { fault: 'cut' },
  { fault: 'cut', on: ['put', 'put-part', 'commit'], afterBytes: 500 },
  { fault: 'lose-answer' },
  { fault: 'hang' },
  { fault: 'rival-commit', on: ['commit', 'info'] },
  { fault: 'wrong-etag', on: 'put-part' },
  { fault: 'wrong-etag', on: 'put-part', missing: true },
  { fault: 'object-error', on: 'batch', code: 500 },
  { fault: 'restart' },
]

const stepsPerRound = 3

/** Uploads a folder that changes, over and over, through a Hub where every fourth request goes wrong. */
export async function faultRounds(rounds: number, seed: number): Promise<FaultRounds> {
  await using hub = await startHub({ multipartAboveBytes: 20_000, partBytes: 8000 })
  await using box = await outbox()
  const next = random(seed)
  const found = { faults: 0, commits: 0, lost: [] as string[], doubled: [] as string[] }
  for (let round = 0; round < rounds; round += 1) {
    const repoId = `pod/round-${round}`
    const repo = clientOf(hub.url, { repoId, timing: { ...quickTiming, stallMs: 250 } })
    const files = new Map<string, LocalFile>()
    const meets = hub.faults.mix(seed + round, mixture, { chance: 0.25, atMost: 30 })
    for (let step = 0; step < stepsPerRound; step += 1) {
      await write(box, files, next)
      await sync(repo, [...files.values()], `step ${step}`)
    }
    meets.off()
    found.faults += meets.hits()
    found.commits += ours(hub, repoId).length
    found.lost.push(...(await differences(hub, repoId, [...files.values()])))
    found.doubled.push(...doubles(hub, repoId))
  }
  const again = Object.entries(hub.counters().objects).filter(
    ([, { putsAfterStored }]) => putsAfterStored > 0,
  )
  return { ...found, doubled: [...found.doubled, ...again.map(([oid]) => `object ${oid}`)] }
}

/** A few new versions: large and small LFS files, text, an empty file. */
async function write(box: Outbox, files: Map<string, LocalFile>, next: () => number): Promise<void> {
  const names = ['large.pt', 'small.onnx', 'runs/a.json', 'runs/b.json', 'ü n.json', 'empty.json']
  for (const name of names) {
    if (files.has(name) && next() < 0.5) continue
    const bytes = { 'large.pt': 50_000, 'small.onnx': 900, 'empty.json': 0 }[name] ?? 40
    files.set(name, await box.file(name, randomBytes(Math.floor(bytes * (0.5 + next() / 2)))))
  }
}

/** What the uploader does, without its pace: compares, uploads what is large, commits, and begins again. */
async function sync(repo: HubRepo, files: readonly LocalFile[], title: string): Promise<void> {
  for (let attempt = 1; attempt <= 50; attempt += 1) {
    try {
      await repo.open(always)
      const there = await repo.list(always)
      const missing = files.filter((file) => !isThere(file, there.get(file.remotePath)))
      if (missing.length === 0) return
      for (const file of missing.filter(({ size }) => size > 10_000)) await repo.upload(file, always)
      await repo.commit(missing, [], { title }, always)
    } catch (error) {
      const passing = error instanceof HubProblem && ['retry-later', 'conflict'].includes(error.kind)
      if (!passing) throw error
    }
  }
  throw new Error(`${title} did not get through in 50 attempts`)
}

function isThere(file: LocalFile, there: { sha256?: string; gitOid?: string } | undefined): boolean {
  return there !== undefined && (there.sha256 === file.sha256 || there.gitOid === file.gitOid)
}

function ours(hub: Hub, repoId: string) {
  return hub.repo(repoId).commits.filter(({ title }) => title.startsWith('step '))
}

function doubles(hub: Hub, repoId: string): readonly string[] {
  const commits = ours(hub, repoId)
  const changes = commits.map((commit) => commit.changes.map(({ path, file }) => [path, file?.oid]))
  return commits
    .filter((_, at) => changes[at]?.length === 0 || isDeepStrictEqual(changes[at], changes[at - 1]))
    .map(({ title }) => `${title} of ${repoId}`)
}

async function differences(
  hub: Hub,
  repoId: string,
  files: readonly LocalFile[],
): Promise<readonly string[]> {
  const lost: string[] = []
  for (const { remotePath, sha256 } of files) {
    const bytes = await hub
      .repo(repoId)
      .read(remotePath)
      .catch(() => Buffer.from('nothing'))
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) lost.push(`${remotePath} of ${repoId}`)
  }
  return lost
}

/** 200 rounds of random mixtures. */
export const faultsLine: Line = {
  title: 'the fault list in random mixtures',
  async check() {
    const { faults, commits, lost, doubled } = await faultRounds(200, 2026)
    for (const one of [...lost, ...doubled].slice(0, 20)) console.error(one)
    return [
      { fact: `200 rounds, ${faults} requests met a fault, ${commits} commits`, holds: faults > 1000 },
      { fact: `${lost.length} files lost`, holds: lost.length === 0 },
      { fact: `${doubled.length} commits or objects doubled`, holds: doubled.length === 0 },
    ]
  },
}

if (import.meta.main) {
  const findings = await faultsLine.check()
  console.log(findings.map(({ fact }) => fact).join('; '))
  process.exitCode = findings.every(({ holds }) => holds) ? 0 : 1
}
