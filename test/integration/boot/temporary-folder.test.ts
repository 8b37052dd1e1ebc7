import { expect, it } from 'vitest'
import { startPodmate } from '../../fixtures/boot/podmate.ts'

it('podmate serves, and says so, when TMPDIR names no folder', async () => {
  const pod = startPodmate({ TMPDIR: '/no/such/folder' })
  await expect.poll(() => pod.state('inference'), { timeout: 60_000 }).toBe('ready')
  expect((await pod.status()).warnings).toContain(
    'TMPDIR names no folder: /tmp is used instead; create the folder, or unset TMPDIR',
  )
  expect((await pod.stop()).code).toBe(0)
})
