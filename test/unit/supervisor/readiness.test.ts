import { expect, test } from 'vitest'
import { readiness } from '../../../supervisor/readiness.ts'
import { bringUp, fakePod } from '../../fixtures/http/fake-pod.ts'

test('readiness() is true when every service is ready', () => {
  const pod = fakePod(['http', 'trainer'])
  bringUp(pod, 'http')
  bringUp(pod, 'trainer')
  expect(readiness(pod.status())).toEqual({ ready: true, failing: [] })
})

test('readiness() names what is not ready, and why', () => {
  const pod = fakePod(['http', 'trainer', 'inference'])
  bringUp(pod, 'http')
  bringUp(pod, 'trainer')
  pod.emit({ service: 'trainer', type: 'not-ready', reason: 'no step for 10 minutes' })
  expect(readiness(pod.status())).toEqual({
    ready: false,
    failing: [
      { service: 'trainer', state: 'degraded', reason: 'no step for 10 minutes' },
      { service: 'inference', state: 'waiting', reason: 'is waiting' },
    ],
  })
})

test('readiness() does not count tasks and disabled services', () => {
  const pod = fakePod(['http', 'sshd', 'bootstrap'], undefined, ['bootstrap'])
  bringUp(pod, 'http')
  pod.emit({ service: 'sshd', type: 'disabled', reason: 'no key' })
  pod.emit({ service: 'bootstrap', type: 'failed', reason: 'exit 7' })
  expect(readiness(pod.status()).ready).toBe(true)
})

test('readiness() is false while the pod is going down', () => {
  const pod = fakePod(['http'])
  bringUp(pod, 'http')
  pod.emit({ type: 'pod-stopping', reason: 'TERM' })
  expect(readiness(pod.status()).ready).toBe(false)
})
