import { describe, expect, test } from 'vitest'
import { checkedName, folderName } from '../../../services/state/names.ts'

describe('checkedName()', () => {
  test.each(['api-token', 'timings/runpod_phase_times.jsonl', 'last-shutdown.json'])('passes %s', (name) => {
    expect(checkedName(name)).toBe(name)
  })
  test.each(['', '/etc/passwd', '../x', 'a/../../x', 'a//b', '.hidden', 'a/.', 'x\0y', 'owner.json.tmp'])(
    'refuses %j, which leads elsewhere or is not a file of ours',
    (name) => expect(() => checkedName(name)).toThrow(RangeError),
  )
})

describe('folderName()', () => {
  test.each([
    ['k3x9pod', 'k3x9pod'],
    ['my-laptop.local', 'my-laptop.local'],
    ['../../etc', '__.._etc'],
    ['..', '_'],
    ['', '_'],
  ])('makes of %j the folder %j, which is one step down', (id, folder) => {
    expect(folderName(id)).toBe(folder)
  })
})
