import { expect, test } from 'vitest'
import { page } from '../../../services/http/page.ts'
import { bringUp, fakePod } from '../../fixtures/http/fake-pod.ts'

test('page() lists every service with state and reason, and links to the API', () => {
  const pod = fakePod(['http', 'trainer'])
  bringUp(pod, 'http')
  pod.emit({ service: 'trainer', type: 'disabled', reason: 'set TRAIN_COMMAND' })
  const html = page(pod.status())
  expect(html).toContain('<td>http</td><td>ready</td>')
  expect(html).toContain('<td>trainer</td><td>disabled</td><td>set TRAIN_COMMAND</td>')
  for (const link of ['docs', 'status', 'metrics']) expect(html).toContain(`href="${link}"`)
})

test('page() shows texts as texts, never as markup', () => {
  const pod = fakePod(['http'])
  pod.emit({ service: 'http', type: 'disabled', reason: '<script>alert("x")</script>' })
  pod.emit({ type: 'pod-warning', text: '<b>&' })
  const html = page(pod.status())
  expect(html).not.toContain('<script')
  expect(html).toContain('Warning: &lt;b&gt;&amp;')
})

test('page() asks nothing of other servers', () => {
  expect(page(fakePod().status())).not.toMatch(/https?:|src=|@import|url\(/)
})
