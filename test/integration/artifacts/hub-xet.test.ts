import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { startHub } from '../../fakes/hub.ts'
import { always, clientOf, outbox } from '../../fixtures/artifacts/client-of.ts'

const parts = { multipartAboveBytes: 100_000, partBytes: 50_000 }

test('upload() with xet lets the library send the bytes, and stops before it commits', async () => {
  await using hub = await startHub(parts)
  await using box = await outbox()
  let sent = 0
  const repo = clientOf(hub.url, { useXet: true, onBytes: (_path, count) => (sent += count) })
  await repo.open(always)
  hub.faults.add({ fault: 'answer', status: 503, on: 'put-part', times: 2 })
  const net = await box.file('net.pt', randomBytes(220_000))
  expect(await repo.upload(net, always)).toBe('lfs')
  expect(sent).toBe(220_000)
  expect(hub.repo('pod/run').commits).toHaveLength(1)
  await repo.commit([net], [], { title: 'sync' }, always)
  expect(hub.repo('pod/run').files.get('net.pt')?.sha256).toBe(net.sha256)
  expect(hub.counters().objects[net.sha256]).toMatchObject({ bytes: 220_000 })
})

test('upload() with xet tells problems as without, and ends with its signal', async () => {
  await using hub = await startHub(parts)
  await using box = await outbox()
  const repo = clientOf(hub.url, { useXet: true })
  await repo.open(always)
  const [net, other] = [
    await box.file('net.pt', randomBytes(220_000)),
    await box.file('b.pt', randomBytes(220_000)),
  ]
  await writeFile(net.path, 'another')
  await expect(repo.upload(net, always)).rejects.toMatchObject({ kind: 'changed-file', path: net.path })
  hub.faults.add({ fault: 'answer', status: 402, on: 'batch' })
  await expect(repo.upload(other, always)).rejects.toMatchObject({ kind: 'quota' })
  hub.faults.add({ fault: 'hang', on: 'put-part', times: 'always' })
  const reason = new Error('time is up')
  const stop = new AbortController()
  const uploading = repo.upload(other, stop.signal)
  await expect.poll(() => hub.counters().byRoute['put-part']).toBeGreaterThan(0)
  stop.abort(reason)
  await expect(uploading).rejects.toBe(reason)
})
