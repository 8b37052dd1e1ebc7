import { expect, test } from 'vitest'
import { Rejections } from '../../../services/inference/serving/rejections.ts'

const cut = { path: '/cut.pt', reason: 'it is cut short', version: 'v1' }
const locked = { path: '/locked.pt', reason: 'EACCES', version: 'v1', passing: true }
const candidate = (path: string, version: string) => ({ path, version, bytes: 1, mtimeMs: 1 })

test('Rejections tells of each version once', () => {
  const all = new Rejections()
  expect(all.tried([cut])).toEqual([cut])
  expect(all.seen([cut], [candidate('/cut.pt', 'v1')])).toEqual([])
  expect(all.tried([{ ...cut, version: 'v2' }])).toHaveLength(1)
})

test('Rejections has what a file holds tried once, and what is not about that again after a while', () => {
  const all = new Rejections()
  all.tried([cut, locked, { path: '/gone.pt', reason: 'it does not exist' }])
  expect(all.skip()).toEqual([
    { path: '/cut.pt', version: 'v1' },
    { path: '/locked.pt', version: 'v1', retryMs: 30_000 },
  ])
  expect(all.lasting()).toEqual([cut])
})

test('Rejections forgets what was written again, is gone, or is served after all', () => {
  const all = new Rejections()
  all.tried([cut, locked])
  all.seen([], [candidate('/cut.pt', 'v2'), candidate('/locked.pt', 'v1')])
  expect(all.list()).toEqual([locked])
  all.served('/locked.pt')
  expect(all.list()).toEqual([])
})

test('Rejections replaces what the watch said before', () => {
  const all = new Rejections()
  all.seen([{ path: '/folder', reason: 'it hangs' }], [])
  expect(all.list()).toHaveLength(1)
  all.seen([], [])
  expect(all.list()).toEqual([])
})
