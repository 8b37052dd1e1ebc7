import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { countFiles, makeReport } from '../../../services/artifacts/uploader/make-report.ts'
import type { UploadEvent } from '../../../services/artifacts/uploader/protocol.ts'
import { type Hub, startHub } from '../../fakes/hub.ts'
import { memoryStore, runUploader, type TestUploader } from '../../fixtures/artifacts/run-uploader.ts'
import { storedZip } from '../../fixtures/inference/stored-zip.ts'
import { limitMs } from '../../fixtures/limit.ts'

const own = new Set(['.gitattributes', 'README.md'])

async function write({ folder }: TestUploader, name: string, content: string | Uint8Array): Promise<void> {
  await writeFile(join(folder, name), content)
}

function commitsOf(hub: Hub): number {
  // The first one came with the repo.
  return hub.hasRepo('pod/run') ? hub.repo('pod/run').commits.length - 1 : 0
}

function pathsOn(hub: Hub): readonly string[] {
  return hub.hasRepo('pod/run')
    ? [...hub.repo('pod/run').files.keys()].filter((path) => !own.has(path)).sort()
    : []
}

function eventsOf<Type extends UploadEvent['type']>({ events }: TestUploader, type: Type) {
  return events.filter((event): event is Extract<UploadEvent, { type: Type }> => event.type === type)
}

/** Settles when exactly these are on the Hub. */
async function onHub(hub: Hub, ...paths: readonly string[]): Promise<void> {
  await expect.poll(() => pathsOn(hub), { timeout: 60_000 }).toEqual(paths)
}

/** Settles when it has found nothing more to do. */
async function idle({ uploader }: TestUploader): Promise<void> {
  await expect.poll(() => uploader.activity, { timeout: 60_000 }).toBe('clean')
}

describe('Uploader', () => {
  test('makes one commit of 30 files in few requests, one of a change, and none after a restart', async () => {
    await using hub = await startHub()
    const store = memoryStore()
    await using first = await runUploader(hub.url, { store })
    for (let at = 0; at < 24; at += 1) await write(first, `metrics-${at}.json`, `{"at": ${at}}`)
    for (let at = 0; at < 6; at += 1) await write(first, `step-${at}.pt`, randomBytes(5_000_000))
    await expect.poll(() => pathsOn(hub).length, { timeout: 60_000 }).toBe(30)
    expect(commitsOf(hub)).toBe(1)
    expect(hub.counters().requests).toBeLessThanOrEqual(20)

    const beforeChange = hub.log.length
    await write(first, 'metrics-3.json', '{"at": 33}')
    await expect.poll(() => commitsOf(hub), { timeout: 60_000 }).toBe(2)
    expect(hub.log.length - beforeChange).toBeLessThanOrEqual(6)
    expect((await hub.repo('pod/run').read('metrics-3.json')).toString()).toBe('{"at": 33}')

    await first.stop()
    const beforeRestart = hub.log.length
    await using second = await runUploader(hub.url, { store, folder: first.folder })
    await idle(second)
    expect(hub.log.slice(beforeRestart).map(({ route }) => route)).toEqual(['whoami', 'info', 'tree'])
  })

  test('compares without a journal, too, and sends only what differs', async () => {
    await using hub = await startHub()
    await using first = await runUploader(hub.url)
    await write(first, 'a.json', '{}')
    await write(first, 'b.pt', randomBytes(20_000))
    await expect.poll(() => commitsOf(hub), { timeout: 60_000 }).toBe(1)
    await first.stop()
    await write(first, 'c.json', '{}')
    await using second = await runUploader(hub.url, { folder: first.folder })
    await onHub(hub, 'a.json', 'b.pt', 'c.json')
    expect(eventsOf(second, 'committed')).toMatchObject([{ files: 1 }])
    expect(pathsOn(hub)).toEqual(['a.json', 'b.pt', 'c.json'])
  })

  test('leaves a half-written checkpoint and one that keeps changing alone, names them, and sends the others', async () => {
    await using hub = await startHub()
    await using run = await runUploader(hub.url, { maxWaitMs: 600 })
    const whole = storedZip([{ name: 'archive/data.pkl', data: randomBytes(50_000) }])
    await write(run, 'half.pt', whole.subarray(0, 30_000))
    await write(run, 'whole.pt', whole)
    let count = 0
    const writer = setInterval(() => {
      count += 1
      void write(run, 'busy.json', `{"count": ${count}}`)
    }, 40)
    try {
      await expect.poll(() => eventsOf(run, 'unsettled').length, { timeout: 60_000 }).toBe(2)
      await onHub(hub, 'whole.pt')
    } finally {
      clearInterval(writer)
    }
    const reasons = Object.fromEntries(eventsOf(run, 'unsettled').map(({ path, reason }) => [path, reason]))
    expect(reasons['half.pt']).toContain('no complete zip archive')
    expect(reasons['busy.json']).toMatch(/keeps changing/)
    await write(run, 'half.pt', whole)
    await onHub(hub, 'busy.json', 'half.pt', 'whole.pt')
  })

  test('refuses files with tokens in them, telling the kind and never the text', async () => {
    await using hub = await startHub()
    const store = memoryStore()
    const token = `hf_${'s'.repeat(34)}`
    await using run = await runUploader(hub.url, { store })
    await write(run, 'config.json', JSON.stringify({ token }))
    await write(run, 'good.json', '{}')
    await onHub(hub, 'good.json')
    expect(pathsOn(hub)).toEqual(['good.json'])
    expect(eventsOf(run, 'refused')).toMatchObject([
      { reason: expect.stringContaining('a Hugging Face token') },
    ])
    expect(JSON.stringify([run.events, [...store.texts]])).not.toContain(token)
    await write(run, 'config.json', '{"token": "taken out"}')
    await onHub(hub, 'config.json', 'good.json')
  })

  test('sends only the newest of several versions that came while it waited', async () => {
    await using hub = await startHub()
    await using run = await runUploader(hub.url, { debounceMs: 800 })
    const versions = Array.from({ length: 4 }, () => randomBytes(20_000))
    for (const version of versions) {
      await writeFile(join(run.folder, 'a.tmp'), version)
      await rename(join(run.folder, 'a.tmp'), join(run.folder, 'a.pt'))
      const { rounds } = run.uploader
      await expect.poll(() => run.uploader.rounds).toBeGreaterThan(rounds + 1)
    }
    await onHub(hub, 'a.pt')
    await idle(run)
    expect(commitsOf(hub)).toBe(1)
    expect(Object.keys(hub.counters().objects)).toHaveLength(1)
    expect(await hub.repo('pod/run').read('a.pt')).toEqual(versions.at(-1))
  })

  test('keeps to the pace, which a flush waives', async () => {
    await using hub = await startHub()
    const store = memoryStore()
    await using run = await runUploader(hub.url, { store, commitsPerHour: 1 })
    await write(run, 'a.json', '{}')
    await onHub(hub, 'a.json')
    await write(run, 'b.json', '{}')
    await expect
      .poll(() => run.uploader.nextTryMs, { timeout: 60_000 })
      .toBeGreaterThan(performance.now() + 3_000_000)
    expect(commitsOf(hub)).toBe(1)
    await run.stop()
    // A restart does not forget what was committed within the hour.
    await using next = await runUploader(hub.url, { store, folder: run.folder, commitsPerHour: 1 })
    await expect
      .poll(() => next.uploader.nextTryMs, { timeout: 60_000 })
      .toBeGreaterThan(performance.now() + 3_000_000)
    expect(await next.uploader.flush(5000)).toEqual({ left: [], leftFiles: 0, leftBytes: 0 })
    expect(commitsOf(hub)).toBe(2)
  })

  test('takes a commit of somebody else in between, and loses neither', async () => {
    await using hub = await startHub()
    await using run = await runUploader(hub.url)
    await write(run, 'a.json', '{}')
    await onHub(hub, 'a.json')
    hub.faults.add({ fault: 'rival-commit', path: 'rival.json', on: 'commit' })
    await write(run, 'b.json', '{}')
    await onHub(hub, 'a.json', 'b.json', 'rival.json')
  })

  test('puts back what is missing on the Hub after somebody else has deleted it', async () => {
    await using hub = await startHub()
    await using run = await runUploader(hub.url)
    await write(run, 'a.json', '{}')
    await onHub(hub, 'a.json')
    await hub.commit('pod/run', { 'a.json': null })
    await write(run, 'b.json', '{}')
    await onHub(hub, 'a.json', 'b.json')
  })

  test('stops where only the user can help, says so once, and does not spin', async () => {
    await using hub = await startHub()
    hub.faults.add({ fault: 'answer', status: 401, on: 'whoami', times: 'always' })
    await using run = await runUploader(hub.url)
    await write(run, 'a.json', '{}')
    await expect.poll(() => run.uploader.activity).toBe('stopped')
    const requests = hub.log.length
    await write(run, 'b.json', '{}')
    const { rounds } = run.uploader
    await expect.poll(() => run.uploader.rounds, { timeout: 60_000 }).toBeGreaterThan(rounds + 1)
    expect(hub.log.length).toBe(requests)
    expect(eventsOf(run, 'problem')).toMatchObject([{ kind: 'auth' }])
    const { left, reason } = await run.uploader.flush(5000)
    expect([left, reason]).toEqual([['a.json', 'b.json'], eventsOf(run, 'problem')[0]?.text])
  })

  test('goes on without its journal, and says that it is not kept', async () => {
    await using hub = await startHub()
    const broken = () => Promise.reject(new Error('the volume does not answer'))
    await using run = await runUploader(hub.url, { store: { read: broken, append: broken, write: broken } })
    await write(run, 'a.json', '{}')
    await onHub(hub, 'a.json')
    expect(pathsOn(hub)).toEqual(['a.json'])
    expect(eventsOf(run, 'journal-lost')).toHaveLength(1)
  })

  test('survives that its folder comes late, goes and comes back', async () => {
    await using hub = await startHub()
    await using run = await runUploader(hub.url, { scanEveryMs: 300 })
    await write(run, 'a.json', '{}')
    await onHub(hub, 'a.json')
    await rm(run.folder, { recursive: true })
    await expect.poll(() => run.uploader.local.book.scan?.missing, { timeout: 60_000 }).toEqual([run.folder])
    await mkdir(run.folder)
    await write(run, 'b.json', '{}')
    await onHub(hub, 'a.json', 'b.json')
  })
})

test('mirror says in its report that it deletes nothing while a folder is missing that was there', async () => {
  await using hub = await startHub()
  await using run = await runUploader(hub.url, { scanEveryMs: 300, deletion: 'mirror' })
  await write(run, 'a.json', '{}')
  await onHub(hub, 'a.json')
  await rm(run.folder, { recursive: true })
  await expect.poll(() => eventsOf(run, 'warning'), { timeout: 60_000 }).toHaveLength(1)
  const { warnings } = makeReport(run.uploader, countFiles(run.uploader))
  expect(warnings).toMatchObject([expect.stringContaining(`${run.folder} is missing`)])
})

describe('flush()', () => {
  test('sends at once what is whole, and names what is left when the time is up', async () => {
    await using hub = await startHub()
    const store = memoryStore()
    await using run = await runUploader(hub.url, {
      store,
      settleMs: 60_000,
      debounceMs: 60_000,
      maxWaitMs: 120_000,
    })
    const large = randomBytes(40_000_000)
    await write(run, 'large.pt', large)
    await write(run, 'metrics.json', '{"loss": 1}')
    await write(run, 'half.json', '{"loss":')
    const slow = hub.faults.add({
      fault: 'slow',
      bytesPerSecond: 4_000_000,
      on: ['put', 'put-part'],
      times: 'always',
    })
    const startedAt = performance.now()
    const outcome = await run.uploader.flush(2500)
    expect(performance.now() - startedAt).toBeLessThan(limitMs(3000))
    expect(outcome).toEqual({
      left: ['half.json', 'large.pt'],
      leftFiles: 2,
      leftBytes: 40_000_008,
      reason: 'the time was up; half.json: its JSON is not complete',
    })
    expect(pathsOn(hub)).toEqual(['metrics.json'])
    await run.stop()
    slow.off()

    await writeFile(join(run.folder, 'half.json'), '{"loss": 2}')
    await using next = await runUploader(hub.url, { store, folder: run.folder })
    await onHub(hub, 'half.json', 'large.pt', 'metrics.json')
    expect(eventsOf(next, 'committed')).toMatchObject([{ files: 2 }])
    expect((await hub.repo('pod/run').read('large.pt')).equals(large)).toBe(true)
  })

  test('takes back the sending of a large file when small ones wait', async () => {
    await using hub = await startHub()
    await using run = await runUploader(hub.url)
    await write(run, 'large.pt', randomBytes(40_000_000))
    hub.faults.add({ fault: 'slow', bytesPerSecond: 1_000_000, on: ['put', 'put-part'], times: 'always' })
    await expect.poll(() => run.uploader.activity, { timeout: 60_000 }).toBe('uploading')
    await write(run, 'metrics.json', '{}')
    await expect.poll(() => hub.counters().byRoute['put-part'], { timeout: 60_000 }).toBeGreaterThan(0)
    // Long for the small file on a slow machine, short for the large one on any.
    const flushed = run.uploader.flush(8000)
    await expect.poll(() => pathsOn(hub), { timeout: 60_000 }).toEqual(['metrics.json'])
    expect((await flushed).left).toEqual(['large.pt'])
  })

  test('sees what was written just before it, whatever the uploader is doing', async () => {
    await using hub = await startHub()
    await using run = await runUploader(hub.url)
    for (let at = 0; at < 12; at += 1) {
      await write(run, 'a.json', `{"at": ${at}}`)
      // Some of them meet a look that is under way.
      if (at % 3 > 0) await new Promise((resolve) => setImmediate(resolve))
      expect(await run.uploader.flush(10_000)).toEqual({ left: [], leftFiles: 0, leftBytes: 0 })
      expect((await hub.repo('pod/run').read('a.json')).toString()).toBe(`{"at": ${at}}`)
    }
  })

  test('ends at once when nothing is missing', async () => {
    await using hub = await startHub()
    await using run = await runUploader(hub.url)
    await write(run, 'a.json', '{}')
    await onHub(hub, 'a.json')
    await idle(run)
    const startedAt = performance.now()
    expect(await run.uploader.flush(20_000)).toEqual({ left: [], leftFiles: 0, leftBytes: 0 })
    expect(performance.now() - startedAt).toBeLessThan(limitMs(1000))
  })
})
