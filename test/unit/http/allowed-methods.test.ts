import { expect, test } from 'vitest'
import { allowedMethods } from '../../../services/http/errors/allowed-methods.ts'

const routes = [
  { method: 'GET', url: '/status' },
  { method: 'HEAD', url: '/status' },
  { method: 'POST', url: '/services/:name/:command' },
  { method: 'GET', url: '/docs/*' },
  { method: 'GET', url: '/' },
]

const cases: readonly (readonly [string, readonly string[]])[] = [
  ['/status', ['GET', 'HEAD']],
  ['/services/trainer/stop', ['POST']],
  ['/services/trainer', []],
  ['/services//stop', []],
  ['/services/a/b/c', []],
  ['/docs/static/x.css', ['GET']],
  ['/docs', []],
  ['/', ['GET']],
  ['', []],
  ['/nothing', []],
]

test.each(cases)('allowedMethods() of %j are %j', (path, methods) => {
  expect(allowedMethods(routes, path)).toEqual(methods)
})
