import { expect, test } from 'vitest'
import { localUrl } from '../../../boot/local-url.ts'

test.each([
  ['http://0.0.0.0:8000', 'http://127.0.0.1:8000'],
  ['http://[::]:8000', 'http://127.0.0.1:8000'],
  ['http://10.0.0.7:8000', 'http://10.0.0.7:8000'],
  ['http://[::1]:8000', 'http://[::1]:8000'],
  [undefined, undefined],
  [null, undefined],
])('localUrl() makes of %j %j', (listening, local) => {
  expect(localUrl(listening)).toBe(local)
})
