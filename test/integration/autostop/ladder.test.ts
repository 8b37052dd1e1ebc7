import { describe, expect, test } from 'vitest'
import { stopperFor } from '../../../boot/runpod-stopper.ts'
import type { Fault } from '../../fakes/runpod/faults.ts'
import type { Traps } from '../../fakes/runpod/traps.ts'
import { type Runpod, startRunpod } from '../../fakes/runpod.ts'
import { type AutostopPlan, autostopPod } from '../../fixtures/autostop/autostop-pod.ts'
import { nothingKept } from '../../fixtures/autostop/stop-tools.ts'
import { clientOf } from '../../fixtures/runpod/ask-runpod.ts'

const timeout = 10_000
const everywhere = { on: ['rest', 'graphql-any'], times: 'always' } as const

/** A pod that the stand-in knows, and that nobody uses. */
function idlePod(runpod: Runpod, plan: AutostopPlan = {}, id = runpod.addPod().id) {
  const { key } = runpod.pod(id)
  return {
    id,
    ...autostopPod({ stopper: stopperFor(clientOf(runpod, key, { timeoutMs: 200 }), id), ...plan }),
  }
}

type IdlePod = ReturnType<typeof idlePod>
const stopsBy = (pod: IdlePod) => expect.poll(() => pod.stop()?.step, { timeout }).toBe('confirm')
const failsIn = (pod: IdlePod) => expect.poll(() => pod.stop()?.problem, { timeout }).toBeDefined()

describe('autostop()', () => {
  test.for([
    ['v2', {}, []],
    ['GraphQL, when v2 answers 403', { podKeyStops: false }, []],
    ['GraphQL, when v2 answers 500', {}, [{ fault: 'answer', status: 500, on: 'stop', times: 'always' }]],
    ['GraphQL, when v2 is a page', {}, [{ fault: 'html', status: 200, on: 'stop', times: 'always' }]],
    ['GraphQL, when v2 redirects', {}, [{ fault: 'redirect', to: '/v2/pods', on: 'stop', times: 'always' }]],
  ] as const satisfies [string, Partial<Traps>, Fault[]][])(
    'stops an idle pod by %s',
    async ([, traps, faults]) => {
      await using runpod = await startRunpod({ traps })
      for (const fault of faults) runpod.faults.add(fault)
      const pod = idlePod(runpod)
      await stopsBy(pod)
      expect(runpod.pod(pod.id).status).toBe('EXITED')
      expect([pod.state('sshd'), pod.state('autostop')]).toEqual(['ready', 'ready'])
      expect(pod.journal()).toEqual([
        ...['started', 'countdown', 'step', 'step', 'calling', 'stopped', 'step'],
      ])
    },
  )

  test.for([
    ['v2 and GraphQL answer 401', { fault: 'answer', status: 401 }],
    ['both answer 429', { fault: 'answer', status: 429, retryAfter: 0.05 }],
    ['both answer 503', { fault: 'answer', status: 503 }],
    ['neither answers in time', { fault: 'hang' }],
    ['both answer pages', { fault: 'html', status: 200 }],
    ['both redirect', { fault: 'redirect', to: '/elsewhere' }],
    [
      'GraphQL answers 200 with errors',
      { fault: 'errors', message: 'Something went wrong', on: 'graphql-any' },
    ],
  ] as const satisfies [string, Fault][])(
    'keeps everything running while %s, and stops the pod when that ends',
    async ([, fault]) => {
      await using runpod = await startRunpod({ traps: { podKeyStops: false } })
      runpod.faults.add({ ...everywhere, ...fault })
      const pod = idlePod(runpod)
      await failsIn(pod)
      expect(pod.state('sshd')).toBe('ready')
      await expect.poll(() => pod.state('autostop'), { timeout }).toBe('degraded')
      expect(pod.pod.status().services.autostop?.reason).toContain('the pod cannot be stopped')
      await expect.poll(() => pod.stop()?.attempts, { timeout }).toBeGreaterThan(2)
      expect(runpod.pod(pod.id).status).toBe('RUNNING')
      runpod.faults.clear()
      await stopsBy(pod)
      expect(runpod.pod(pod.id).status).toBe('EXITED')
      expect(pod.notices().filter((text) => text.startsWith('error'))).toHaveLength(1)
    },
  )

  test('takes a pod that is gone, or stopped already, for stopped', async () => {
    await using runpod = await startRunpod({ traps: { terminatedReads: 'not-found' } })
    const { id } = runpod.addPod()
    runpod.pod(id).status = 'EXITED'
    await stopsBy(idlePod(runpod, {}, id))
    const other = runpod.addPod()
    runpod.faults.add({ ...everywhere, fault: 'answer', status: 404, detail: 'pod not found' })
    await stopsBy(idlePod(runpod, {}, other.id))
  })

  test('goes on through 20 refused connections', async () => {
    await using runpod = await startRunpod()
    const pod = idlePod(runpod)
    await runpod.goAway()
    await expect.poll(() => pod.stop()?.attempts, { timeout: 60_000 }).toBeGreaterThan(20)
    expect(pod.state('sshd')).toBe('ready')
    await runpod.comeBack()
    await stopsBy(pod)
    expect(runpod.pod(pod.id).status).toBe('EXITED')
  })

  test('calls again when RunPod takes the stop and the pod runs on', async () => {
    await using runpod = await startRunpod({ traps: { ignoresActions: true } })
    const pod = idlePod(runpod)
    await failsIn(pod)
    expect(pod.stop()?.problem).toContain('the pod still runs')
    runpod.traps.ignoresActions = false
    await expect.poll(() => runpod.pod(pod.id).status, { timeout }).toBe('EXITED')
  })

  test('starts the trainer again after long refusals, while the calls go on', async () => {
    await using runpod = await startRunpod()
    runpod.faults.add({ ...everywhere, fault: 'answer', status: 503 })
    const pod = idlePod(runpod, { trainerMs: 10 })
    await expect.poll(() => pod.state('trainer'), { timeout }).toBe('stopped')
    await expect.poll(() => pod.state('trainer'), { timeout }).toBe('ready')
    const { attempts = 0 } = pod.stop() ?? {}
    await expect.poll(() => pod.stop()?.attempts, { timeout }).toBeGreaterThan(attempts)
    expect(pod.notices().join('\n')).toContain('The trainer runs again')
  })

  test('terminates only what is uploaded, and stops the rest', async () => {
    await using runpod = await startRunpod({ traps: { terminatedReads: 'TERMINATED' } })
    const safe = idlePod(runpod, { verb: 'terminate' })
    await expect.poll(() => runpod.pod(safe.id).status, { timeout }).toBe('TERMINATED')
    const save = {
      flush: async () => ({ left: ['step-3.pt'], leftFiles: 1 }),
      keptHere: () => nothingKept,
    }
    const folders = async () => [{ path: '/workspace/checkpoints', place: 'volume', hasFiles: true } as const]
    const unsafe = idlePod(runpod, { verb: 'terminate', save: { ...save, folders } })
    await expect.poll(() => runpod.pod(unsafe.id).status, { timeout }).toBe('EXITED')
    expect(unsafe.notices().join('\n')).toContain('stopped, not terminated')
  })
})
