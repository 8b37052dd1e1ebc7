import { expect, test } from 'vitest'
import { type Access, needsToken, sameOrigin, sameSecret } from '../../../services/http/requests/access.ts'

const needs: readonly (readonly [Access, boolean, boolean, boolean])[] = [
  ['open', false, false, false],
  ['open', false, true, false],
  ['open', true, true, false],
  ['read', false, false, false],
  ['read', false, true, true],
  ['read', true, true, false],
  ['change', false, false, true],
  ['change', false, true, true],
  ['change', true, false, false],
  ['change', true, true, false],
  ['socket', false, false, true],
  ['socket', true, true, false],
]

test.each(needs)('needsToken(%s, trusted %s, user token %s) is %s', (access, trusted, userSet, needed) => {
  expect(needsToken(access, trusted, userSet)).toBe(needed)
})

test('sameSecret() is true for the same text only', () => {
  expect(sameSecret('correct horse', 'correct horse')).toBe(true)
  expect(sameSecret('correct horse', 'correct horsf')).toBe(false)
  expect(sameSecret('', 'correct horse')).toBe(false)
  expect(sameSecret('correct horse battery', 'correct horse')).toBe(false)
})

const origins: readonly (readonly [string, Parameters<typeof sameOrigin>[0], boolean])[] = [
  ['our own page', { 'sec-fetch-site': 'same-origin', host: 'a:1' }, true],
  ['another site', { 'sec-fetch-site': 'cross-site', host: 'a:1' }, false],
  ['another port or subdomain', { 'sec-fetch-site': 'same-site', origin: 'http://a:2', host: 'a:1' }, false],
  ['an older browser on our page', { origin: 'http://a:1', host: 'a:1' }, true],
  ['an older browser elsewhere', { origin: 'http://a:2', host: 'a:1' }, false],
  ['a sandboxed frame', { origin: 'null', host: 'a:1' }, false],
  ['nobody knows', { host: 'a:1' }, false],
]

test.each(origins)('sameOrigin() for %s', (_who, headers, expected) => {
  expect(sameOrigin(headers)).toBe(expected)
})
