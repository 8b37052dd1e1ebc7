import fc from 'fast-check'
import { Registry } from 'prom-client'
import { describe, expect, test } from 'vitest'
import { InferenceMetrics } from '../../../services/inference/metrics/inference-metrics.ts'
import { addInferenceMetrics } from '../../../services/inference/metrics/inference-registry.ts'
import { Tally } from '../../../services/inference/metrics/tally.ts'
import { RequestProblem, unavailable } from '../../../services/inference/request-problem.ts'

const staying = new AbortController().signal

describe('InferenceMetrics', () => {
  test.each([
    ['invalid', new RequestProblem(400, 'Illegal move', 'no')],
    ['invalid', Object.assign(new Error('does not fit'), { statusCode: 422 })],
    ['rejected', unavailable('too many wait')],
    ['failed', unavailable('the host ended', 'failed')],
    ['failed', new TypeError('our own fault')],
  ] as const)('counts as %s what ends with %s', async (reason, error) => {
    const metrics = new InferenceMetrics()
    await expect(metrics.count(staying, () => Promise.reject(error))).rejects.toBe(error)
    metrics.refused(error) // the same error on its way to the client
    expect(metrics.failures).toEqual({ invalid: 0, rejected: 0, cancelled: 0, failed: 0, [reason]: 1 })
    expect([metrics.open, metrics.success, metrics.requestSeconds.total]).toEqual([0, 0, 0])
  })

  test('counts whatever a client that left is not told as cancelled', async () => {
    const metrics = new InferenceMetrics()
    const asked = metrics.count(AbortSignal.abort(), () => Promise.reject(new Error('the client left')))
    await expect(asked).rejects.toThrow('the client left')
    expect(metrics.failures).toMatchObject({ cancelled: 1, failed: 0 })
  })

  test('counts every run of the service after the first as a host in place of another', () => {
    const metrics = new InferenceMetrics()
    for (const expected of [0, 1, 2]) {
      metrics.onRun()
      expect(metrics.hostRestarts).toBe(expected)
    }
    metrics.onHostReplaced()
    expect(metrics.hostRestarts).toBe(3)
  })
})

test('addInferenceMetrics() shows what was counted before prom-client was there, in the names of Triton', async () => {
  const metrics = new InferenceMetrics()
  await metrics.count(staying, async () => 'answer')
  metrics.onBatch({ size: 2, queueMs: [1, 30], computeMs: 4 })
  metrics.onBatch({ size: 200, queueMs: [], computeMs: 40_000 })
  metrics.waiting = () => 7
  const registry = new Registry()
  addInferenceMetrics(registry, metrics, () => 3)
  const text = await registry.metrics()
  for (const line of [
    '# TYPE podmate_inference_request_success counter',
    'podmate_inference_request_success 1',
    'podmate_inference_request_failure{reason="failed"} 0',
    'podmate_inference_count 202',
    'podmate_inference_exec_count 2',
    'podmate_inference_queue_duration_us 31000',
    'podmate_inference_compute_infer_duration_us 40004000',
    'podmate_inference_pending_request_count 7',
    'podmate_inference_generation 3',
    '# TYPE podmate_inference_batch_size histogram',
    'podmate_inference_batch_size_bucket{le="2"} 1',
    'podmate_inference_batch_size_bucket{le="64"} 1',
    'podmate_inference_batch_size_bucket{le="+Inf"} 2',
    'podmate_inference_batch_size_sum 202',
    'podmate_inference_compute_infer_duration_seconds_bucket{le="0.005"} 1',
    'podmate_inference_compute_infer_duration_seconds_count 2',
  ]) {
    expect(text.split('\n')).toContain(line)
  }
})

test('Tally counts values at most as large as each bound', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (values) => {
      const tally = new Tally([1, 5, 10])
      for (const value of values) tally.add(value)
      const upTo = (bound: number) => values.filter((value) => value <= bound).length
      expect(tally.cumulative()).toEqual([upTo(1), upTo(5), upTo(10)])
      expect([tally.total, tally.sum]).toEqual([values.length, values.reduce((sum, value) => sum + value, 0)])
    }),
  )
})
