import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ModelFile } from '../../../services/inference/model-host/files/model-file.ts'
import { readPt } from '../../../services/inference/model-host/files/read-pt.ts'
import { pickleOf, put } from '../../fixtures/inference/pickle.ts'
import { storedZip } from '../../fixtures/inference/stored-zip.ts'
import { tinyArtifact, torchEntries, torchFile } from '../../fixtures/inference/torch-file.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podmate-pt-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function read(bytes: Uint8Array): Promise<ModelFile> {
  const path = join(folder, 'model.pt')
  await writeFile(path, bytes)
  return readPt(path, () => {})
}

describe('readPt() refuses archives that torch.save did not write', () => {
  const entries = torchEntries()
  const [pickle] = entries
  if (pickle === undefined) throw new Error('no pickle')
  const weights = entries.find(({ name }) => name === 'model/data/0') ?? pickle
  const others = entries.filter((entry) => entry !== weights)
  const cases: Readonly<Record<string, { bytes: Buffer; says: string }>> = {
    'an empty file': { bytes: Buffer.alloc(0), says: 'no complete zip archive' },
    'a text': { bytes: Buffer.from('hello '.repeat(100)), says: 'no complete zip archive' },
    'a bare pickle, as torch wrote before 1.6': {
      bytes: pickleOf(put('x')),
      says: 'no complete zip archive',
    },
    'a zip of other things': {
      bytes: storedZip([{ name: 'a/b.txt', data: Buffer.from('x') }]),
      says: '0 data.pkl',
    },
    'two pickles': {
      bytes: storedZip([...entries, { ...pickle, name: 'other/data.pkl' }]),
      says: '2 data.pkl',
    },
    'an entry that leaves its folder': {
      bytes: storedZip([...entries, { name: '../../etc/passwd', data: Buffer.from('x') }]),
      says: 'relative path',
    },
    'an absolute entry': {
      bytes: storedZip([...entries, { name: '/etc/passwd', data: Buffer.alloc(0) }]),
      says: 'absolute',
    },
    'an entry twice': { bytes: storedZip([...entries, pickle]), says: 'occurs twice' },
    'a compressed entry': {
      bytes: storedZip([...others, { ...weights, method: 8 }]),
      says: 'compressed or encrypted',
    },
    'a damaged entry': {
      bytes: storedZip([...others, { ...weights, crc: 1 }]),
      says: 'damaged: the checksum differs',
    },
    'a storage of another size': {
      bytes: storedZip([...others, { ...weights, data: new Uint8Array(4) }]),
      says: 'has 4 bytes where 160 belong',
    },
    'a missing storage': { bytes: storedZip(others), says: '"model/data/0" is missing' },
    'numbers in an unknown order': {
      bytes: storedZip(
        entries.map((entry) =>
          entry.name === 'model/byteorder' ? { ...entry, data: Buffer.from('middle') } : entry,
        ),
      ),
      says: 'its byte order is "middle"; expected little or big',
    },
    'an entry that claims 4 GB': {
      bytes: storedZip([...others, { ...weights, size: 0xfffffff0 }]),
      says: '',
    },
    'too many entries': {
      bytes: storedZip(
        Array.from({ length: 10_001 }, (_none, at) => ({ name: `m/${at}`, data: Buffer.alloc(0) })),
      ),
      says: 'more than 10000 entries',
    },
  }
  test.each(Object.entries(cases))('%s', async (_name, { bytes, says }) => {
    await expect(read(bytes)).rejects.toThrow(says)
  })
})

test('readPt() reads what a big-endian machine wrote', async () => {
  const entries = torchEntries().map((entry) => {
    if (entry.name === 'model/byteorder') return { ...entry, data: Buffer.from('big') }
    return entry.name.startsWith('model/data/') ? { ...entry, data: Buffer.from(entry.data).swap32() } : entry
  })
  expect((await read(storedZip(entries))).onnx).toEqual((await read(torchFile())).onnx)
})

test('readPt() refuses a file that was cut off anywhere', async () => {
  const bytes = torchFile(tinyArtifact({ layers: 2, phase: true, side: true }))
  for (let part = 0; part < 20; part += 1) {
    await expect(read(bytes.subarray(0, Math.floor((bytes.length * part) / 20)))).rejects.toThrow(
      'no complete zip archive',
    )
  }
  await expect(read(bytes.subarray(0, -1))).rejects.toThrow()
})

/** A model file whose 8-bit form is made as well: functions are never equal. */
const contents = ({ int8, ...file }: ModelFile) => ({ ...file, int8: int8?.() })

test('readPt() with flipped bytes either reads the same weights or refuses', async () => {
  const bytes = torchFile(tinyArtifact({ hidden: 3 }))
  const whole = await read(bytes)
  const flip = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }))
  await fc.assert(
    fc.asyncProperty(fc.array(flip, { minLength: 1, maxLength: 3 }), async (flips) => {
      const damaged = Buffer.from(bytes)
      for (const [at, mask] of flips) damaged[at] = (damaged[at] ?? 0) ^ mask
      const result = await read(damaged).catch((error: unknown) => error)
      if (result instanceof Error) expect(result.message).not.toBe('')
      else expect(contents(result as ModelFile)).toEqual(contents(whole)) // what readPt() gives when it does not throw
    }),
    { numRuns: 400 },
  )
})
