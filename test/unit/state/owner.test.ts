import { describe, expect, test } from 'vitest'
import { isAlive, isSameOwner, ownerOf, parseOwner } from '../../../services/state/child/owner.ts'

const me = ownerOf(process.pid)

describe('isAlive()', () => {
  test('is true for this process and false once any part of the claim differs', () => {
    expect(isAlive(me)).toBe(true)
    expect(isAlive({ ...me, start_time: '1' })).toBe(false)
    expect(isAlive({ ...me, boot_id: 'another' })).toBe(false)
    expect(isAlive({ ...me, pid: 4_194_303 })).toBe(false)
  })
})

describe('parseOwner()', () => {
  test('reads what was written', () => {
    expect(parseOwner(JSON.stringify(me))).toEqual(me)
    expect(isSameOwner(me, { ...me, hostname: 'renamed' })).toBe(true)
  })

  test.each([
    '',
    '{"boot_id":"x","pi',
    'null',
    '[]',
    '{}',
    JSON.stringify({ ...me, pid: '7' }),
    JSON.stringify({ ...me, pid: -1 }),
  ])('gives undefined for %s', (text) => expect(parseOwner(text)).toBeUndefined())
})
