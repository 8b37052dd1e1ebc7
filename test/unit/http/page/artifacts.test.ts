import { expect, test } from 'vitest'
import type { JsonObject } from '../../../../supervisor/service.ts'
import { pageModule } from '../../../fixtures/page/page-module.ts'

const { artifactsView } = await pageModule('artifacts/artifacts-view.js')

/** What the page shows of uploads that have nothing left to do. */
function shown(more: JsonObject): string {
  const clean = {
    ...{ activity: 'clean', safe: { files: 2, bytes: 20 }, pending: { files: 0, bytes: 0, next: [] } },
    ...{ refused: { files: 0, some: [] }, unmatched: { files: 0, some: [] }, unreadable: [] },
  }
  const artifacts = { name: 'artifacts', state: 'ready', details: { ...clean, ...more } }
  return JSON.stringify(artifactsView({ status: { services: { artifacts } } }, 0))
}

test('the page says that all is safe when nothing stays in the pod', () => {
  expect(shown({})).toContain('all safe')
})

test.for([
  ['refused', { files: 1, some: [{ path: 'last.ckpt', reason: 'a link' }] }],
  ['unmatched', { files: 1, some: ['last.ckpt'] }],
  ['parts_missing', { files: 1, some: [{ path: 'last.ckpt', reason: 'without a part' }] }],
  ['unreadable', [{ path: 'last.ckpt', reason: 'its mode' }]],
] as const)('the page does not call all safe what is %s, and names it', ([name, value]) => {
  const text = shown({ [name]: value as unknown as JsonObject })
  expect(text).not.toContain('all safe')
  expect(text).toContain('last.ckpt')
  expect(text).toContain('1 file not taken')
})
