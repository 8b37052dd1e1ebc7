import { beforeEach, describe, expect, test } from 'vitest'
import { startRunpod } from '../../fakes/runpod.ts'
import { watchedPod } from '../../fixtures/autostop/watched-pod.ts'
import { needsDoors } from '../../fixtures/pod/whole-pod.ts'

beforeEach(needsDoors)

const timeout = 30_000

describe('tellTerminals()', () => {
  test('warns whoever sits at a terminal before the pod stops, and waits for no terminal that is held', async () => {
    await using runpod = await startRunpod()
    const watched = await watchedPod(runpod, { IDLE_TIMEOUT_SECONDS: '3', BOOT_GRACE_SECONDS: '3600' })
    const { pod } = watched
    await pod.allReady(30_000)
    const words = ['-tt', 'echo here; exec sleep 1000']
    const [seen, held] = [words, words].map((given) => pod.client.open(pod.sshPort, 'podrunner', ...given))
    const texts = ['', '']
    for (const [index, client] of [seen, held].entries())
      client?.stdout?.on('data', (chunk) => {
        texts[index] += String(chunk)
      })
    await expect.poll(() => texts.map((text) => text.includes('here')), { timeout }).toEqual([true, true])
    held?.stdin?.write('\x13') // Ctrl-S: nothing is written to it any more
    await expect.poll(() => texts[0], { timeout }).toContain('*** podmate: The pod stops in')
    await expect.poll(() => texts[0], { timeout }).toContain('*** podmate: The pod stops now.')
    await expect.poll(watched.status, { timeout }).toBe('EXITED')
    expect(texts[1]).not.toContain('The pod stops now')
    await pod.stop()
  }, 180_000)
})
