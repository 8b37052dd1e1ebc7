import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { count } from '../../fakes/hub/request-log.ts'
import { startHub } from '../../fakes/hub.ts'
import { onlyByFlush, startUploadPod } from '../../fixtures/artifacts/upload-pod.ts'
import { storedZip } from '../../fixtures/inference/stored-zip.ts'

const checkpoint = (bytes: number) => storedZip([{ name: 'archive/data.pkl', data: randomBytes(bytes) }])
const numbers = [1, 2, 3, 4, 5, 6]

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
  const budgetMs = 4000
  const env = { ...onlyByFlush, SHUTDOWN_BUDGET_SECONDS: String(budgetMs / 1000) }
  const pod = startUploadPod(hub, env)
  await pod.activity('clean')
  for (const number of numbers) pod.write(`step-${number}.pt`, checkpoint(9_000_000))
  pod.write('metrics.json', '{}')
  const startedMs = performance.now()
  expect((await pod.stop()).code).toBe(0)
  expect(performance.now() - startedMs).toBeLessThan(budgetMs)
  const { uploads } = JSON.parse(pod.kept('last-shutdown.json'))
  expect(uploads).toMatchObject({ done: true, reason: expect.any(String) })
  expect(uploads.left.length).toBeGreaterThan(0)
  expect(uploads.left_files).toBe(uploads.left.length)
  expect(pod.messages('artifacts')).toContainEqual(expect.stringMatching(/^not on the Hub \(.*\): \d file/))
  // Small ones go first.
  expect(pod.paths()).toContain('metrics.json')
  const all = ['metrics.json', ...numbers.map((number) => `step-${number}.pt`)]
  expect([...pod.paths(), ...uploads.left].sort()).toEqual(all)

  slow.off()
  const before = { commits: pod.commits(), log: hub.log.length }
  const next = startUploadPod(hub, {}, pod.folder)
  await next.onHub(...all)
  await next.activity('clean')
  expect(next.commits()).toBe(before.commits + 1)
  const sent = count(hub.log.slice(before.log)).objects
  // What was stored before the time was up is not sent again.
  expect(Object.keys(sent).length).toBeLessThan(numbers.length)
  const twice = Object.values(hub.counters().objects).filter(({ putsAfterStored }) => putsAfterStored > 0)
  expect(twice).toEqual([])
})

test('a pod whose Hub hangs stops in time all the same', async () => {
  await using hub = await startHub()
  const pod = startUploadPod(hub, { ...onlyByFlush, SHUTDOWN_BUDGET_SECONDS: '2' })
  await pod.activity('clean')
  hub.faults.add({ fault: 'hang', times: 'always' })
  pod.write('metrics.json', '{}')
  const startedMs = performance.now()
  expect((await pod.stop()).code).toBe(0)
  expect(performance.now() - startedMs).toBeLessThan(2000)
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
