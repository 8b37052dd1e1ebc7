import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { journalLines } from '../../../services/artifacts/uploader/journal-lines.ts'
import { count } from '../../fakes/hub/request-log.ts'
import { type Hub, startHub } from '../../fakes/hub.ts'
import { onlyByFlush, startUploadPod, type UploadPod } from '../../fixtures/artifacts/upload-pod.ts'
import { figures } from '../../fixtures/boot/figures.ts'
import { storedZip } from '../../fixtures/inference/stored-zip.ts'
import { limitMs } from '../../fixtures/limit.ts'
import { filesIn } from '../../fixtures/pod/sentinel.ts'

const checkpoint = (bytes: number) => storedZip([{ name: 'archive/data.pkl', data: randomBytes(bytes) }])
/** For acceptance at the size of the list. */
const { files, megabytes, budgetMs } = process.env.PODMATE_ACCEPT
  ? { files: 20, megabytes: 10, budgetMs: 10_000 }
  : { files: 6, megabytes: 9, budgetMs: 4000 }
const names = Array.from({ length: files }, (_, index) => `step-${String(index).padStart(2, '0')}.pt`)
const all = ['metrics.json', ...names]

/** The files that the journal knows and does not call committed, sorted. */
function notCommitted(pod: UploadPod): readonly string[] {
  const states = new Map<string, string>()
  for (const line of journalLines(filesIn(pod.stateDir)))
    if ('path' in line) states.set(line.path, line.state)
  return [...states].flatMap(([path, state]) => (state === 'committed' ? [] : [path])).sort()
}

test('a pod that is stopped sends what is left first, and says so', async () => {
  await using hub = await startHub()
  const pod = startUploadPod(hub, onlyByFlush)
  await pod.activity('clean')
  pod.write('best.pt', checkpoint(50_000))
  pod.write('metrics.json', '{}')
  expect((await pod.stop()).code).toBe(0)
  expect(pod.paths()).toEqual(['best.pt', 'metrics.json'])
  expect(pod.messages('artifacts')).toContain('flushed: everything is on the Hub')
  expect(JSON.parse(pod.kept('last-shutdown.json')).uploads).toMatchObject({
    ...{ done: true, left_files: 0, left_bytes: 0, left: [] },
  })
})

test('a pod that is stopped names what did not fit into the time, and the next one sends exactly that', async () => {
  await using hub = await startHub()
  const slow = hub.faults.add({ fault: 'slow', bytesPerSecond: 8_000_000, on: 'put', times: 'always' })
  const env = { ...onlyByFlush, SHUTDOWN_BUDGET_SECONDS: String(budgetMs / 1000) }
  const pod = startUploadPod(hub, env)
  await pod.activity('clean')
  for (const name of names) pod.write(name, checkpoint(megabytes * 1e6))
  pod.write('metrics.json', '{}')
  const startedMs = performance.now()
  expect((await pod.stop()).code).toBe(0)
  const tookMs = performance.now() - startedMs
  expect(tookMs).toBeLessThan(limitMs(budgetMs))
  const { uploads } = JSON.parse(pod.kept('last-shutdown.json'))
  expect(uploads).toMatchObject({ done: true, reason: expect.any(String) })
  expect(uploads.left.length).toBeGreaterThan(0)
  expect(uploads.left_files).toBe(uploads.left.length)
  expect(pod.messages('artifacts')).toContainEqual(expect.stringMatching(/^not on the Hub \(.*\): \d+ files/))
  // Small ones go first.
  expect(pod.paths()).toContain('metrics.json')
  expect([...pod.paths(), ...uploads.left].sort()).toEqual(all)
  expect(notCommitted(pod)).toEqual(uploads.left)

  slow.off()
  const before = { commits: pod.commits(), log: hub.log.length }
  const next = startUploadPod(hub, {}, pod.folder)
  await next.onHub(...all)
  await next.activity('clean')
  expect(changedSince(hub, before.commits)).toEqual(uploads.left)
  const sent = count(hub.log.slice(before.log)).objects
  // What was stored before the time was up is not sent again.
  expect(Object.keys(sent).length).toBeLessThan(names.length)
  const twice = Object.values(hub.counters().objects).filter(({ putsAfterStored }) => putsAfterStored > 0)
  expect(twice).toEqual([])
  const stored = names.length - Object.keys(sent).length
  figures('a stop with too much pending', {
    'MB pending': files * megabytes,
    'budget s': budgetMs / 1000,
    'ended after s': (tookMs / 1000).toFixed(1),
    'objects stored': stored,
    'files named as left and committed by the next start': uploads.left_files,
  })
})

/** Paths that differ on the Hub since so many commits, sorted. */
function changedSince(hub: Hub, commits: number): readonly string[] {
  const { files: now, filesAt, commits: made } = hub.repo('pod/run')
  const then = filesAt(made[commits]?.oid ?? '')
  return [...now]
    .filter(([path, { oid }]) => then.get(path)?.oid !== oid)
    .map(([path]) => path)
    .sort()
}

test('a pod whose Hub hangs stops in time all the same', async () => {
  await using hub = await startHub()
  const pod = startUploadPod(hub, { ...onlyByFlush, SHUTDOWN_BUDGET_SECONDS: '2' })
  await pod.activity('clean')
  hub.faults.add({ fault: 'hang', times: 'always' })
  pod.write('metrics.json', '{}')
  const startedMs = performance.now()
  expect((await pod.stop()).code).toBe(0)
  expect(performance.now() - startedMs).toBeLessThan(limitMs(2000))
  expect(JSON.parse(pod.kept('last-shutdown.json')).uploads).toMatchObject({
    ...{ done: true, left_files: 1, left: ['metrics.json'] },
  })
})

test('a pod that uploads nothing reports nothing of it', async () => {
  await using hub = await startHub()
  const pod = startUploadPod(hub, { START_HF_WATCH: '0' })
  await pod.socket()
  await pod.stop()
  expect(JSON.parse(pod.kept('last-shutdown.json')).uploads).toBeNull()
})
