import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { incompleteness } from '../../../services/artifacts/uploader/completeness.ts'
import { onnxModel, safetensors } from '../../fixtures/artifacts/model-files.ts'
import { scanned, temporaryFolder } from '../../fixtures/artifacts/temporary-folder.ts'
import { storedZip } from '../../fixtures/inference/stored-zip.ts'

const whole = {
  'model.pt': storedZip([
    { name: 'archive/data.pkl', data: Buffer.alloc(300, 1) },
    { name: 'archive/data/0', data: Buffer.alloc(700, 2) },
  ]),
  'model.safetensors': safetensors({ weight: 64, bias: 4 }),
  'model.onnx': onnxModel(500),
  'metrics.json': Buffer.from('{"loss": [0.5, 0.25], "note": "läuft"}'),
}
const names = Object.keys(whole) as (keyof typeof whole)[]

async function verdict(name: string, content: string | Uint8Array): Promise<string | undefined> {
  await using folder = await temporaryFolder()
  return await incompleteness(await folder.write(name, content))
}

describe('incompleteness()', () => {
  test.for(names)('takes a whole %s', async (name) => {
    expect(await verdict(name, whole[name])).toBeUndefined()
  })

  test.for(names)('refuses every beginning of %s', async (name) => {
    await using folder = await temporaryFolder()
    const bytes = whole[name]
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), async (length) => {
        const file = await folder.write(name, bytes.subarray(0, length))
        expect(await incompleteness(file)).toBeTypeOf('string')
      }),
      { numRuns: 60 },
    )
  })

  test.for(['model.pt', 'model.safetensors', 'model.onnx'] as const)(
    'refuses %s with more behind it',
    async (name) => {
      expect(await verdict(name, Buffer.concat([whole[name], Buffer.alloc(30)]))).toBeTypeOf('string')
    },
  )

  test('takes the numbers that only Python writes', async () => {
    expect(await verdict('a.json', '{"loss": NaN, "best": -Infinity}')).toBeUndefined()
    expect(await verdict('a.json', '{"loss": NaN, "best": ')).toContain('not complete')
  })

  test('takes JSON Lines when each line is whole', async () => {
    expect(await verdict('metrics.json', '{"a": 1}\n\n{"a": NaN}\r\n')).toBeUndefined()
    for (const cut of ['{"a": 1}\n{"a":', '{"a": 1}\n{"a": 12}', '{"a": 1}\n{"b"\n', '{\n"a": 1\n'])
      expect(await verdict('metrics.json', cut)).toContain('not complete')
  })

  test('does not judge checkpoints of old torch, nor formats that do not tell', async () => {
    expect(await verdict('old.pt', Buffer.from([0x80, 2, 0x8a]))).toBeUndefined()
    expect(await verdict('log.csv', 'a,b\n1,')).toBeUndefined()
  })

  test('says so when the file is another one by now', async () => {
    await using folder = await temporaryFolder()
    const before = await folder.write('a.json', '{}')
    await folder.write('a.json', '{"longer": true}')
    await expect(incompleteness(before)).rejects.toMatchObject({ kind: 'changed-file', path: before.path })
  })

  test('waits for nobody at a named pipe', async () => {
    await using folder = await temporaryFolder()
    const { identity } = await folder.write('a.json', '{}')
    const path = `${folder.path}/pipe.json`
    execFileSync('mkfifo', [path])
    await expect(incompleteness({ path, identity })).rejects.toMatchObject({ kind: 'changed-file' })
    expect(() => scanned(path, 'pipe.json')).toThrow('no regular file')
  })
})
