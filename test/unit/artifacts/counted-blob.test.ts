import { expect, test } from 'vitest'
import { CountedBlob } from '../../../services/artifacts/uploader/hub/counted-blob.ts'

test('CountedBlob tells what is read, each time', async () => {
  const counted: number[] = []
  const blob = new CountedBlob(new Blob(['12345'], { type: 'text/plain' }), (count) => counted.push(count))
  expect([blob.size, blob.type]).toEqual([5, 'text/plain'])
  for (const _ of [1, 2]) expect(await new Response(blob.stream()).text()).toBe('12345')
  expect(counted).toEqual([5, 5])
})

test('CountedBlob has a problem when it cannot be read, and none when its reader goes during a read', async () => {
  const reads: PromiseWithResolvers<void>[] = []
  const slow = new Blob(['12345'])
  slow.stream = () =>
    new ReadableStream({
      async pull(controller) {
        const read = Promise.withResolvers<void>()
        reads.push(read)
        await read.promise
        controller.enqueue(new Uint8Array(5))
      },
    })
  const left = new CountedBlob(slow, () => {})
  const reader = left.stream().getReader()
  const reading = reader.read()
  await expect.poll(() => reads.length).toBe(1)
  await reader.cancel()
  reads[0]?.resolve()
  await reading
  expect(left.problem).toBe(undefined)

  const broken = new CountedBlob(slow, () => {})
  const failing = broken.stream().getReader().read()
  await expect.poll(() => reads.length).toBe(2)
  const reason = new Error('gone')
  reads[1]?.reject(reason)
  await expect(failing).rejects.toBe(reason)
  expect(broken.problem).toBe(reason)
})
