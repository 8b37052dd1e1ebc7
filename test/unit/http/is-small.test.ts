import { expect, test } from 'vitest'
import { isSmall } from '../../../services/http/requests/is-small.ts'

test('isSmall() counts every value, however it is nested', () => {
  expect(isSmall(1, 1)).toBe(true)
  expect(isSmall([1, [2, { a: 3 }]], 6)).toBe(true)
  expect(isSmall([1, [2, { a: 3 }]], 5)).toBe(false)
  expect(isSmall({ a: null, b: 'text' }, 3)).toBe(true)
  expect(isSmall(undefined)).toBe(true)
})

test('isSmall() does not overflow on deep or wide values', () => {
  let deep: unknown = 1
  for (let depth = 0; depth < 200_000; depth += 1) deep = [deep]
  expect(isSmall(deep)).toBe(false)
  expect(isSmall(Array.from({ length: 500_000 }, () => 1))).toBe(false)
})
