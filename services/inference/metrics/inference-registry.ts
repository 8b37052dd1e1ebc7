import { Counter, Gauge, type Registry } from 'prom-client'
import { failureReasons, type InferenceMetrics } from './inference-metrics.ts'
import type { Tally } from './tally.ts'

/** Shows the numbers under Triton's names, `nv_inference_` being `podmate_inference_` here; times also as histograms. */
export function addInferenceMetrics(
  registry: Registry,
  metrics: InferenceMetrics,
  generation: () => number,
): void {
  const registers = [registry]
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name: `podmate_inference_${name}`,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `podmate_inference_${name}`,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  const { queueSeconds, computeSeconds, batchSize, requestSeconds } = metrics
  counter('request_success', 'Games of /infer and /infer/batch that were answered.', () => metrics.success)
  addFailures(registry, metrics)
  counter('count', 'Games that the model computed.', () => batchSize.sum)
  counter('exec_count', 'Batches that the model computed.', () => batchSize.total)
  counter('queue_duration_us', 'Microseconds that games waited for the model.', () => micros(queueSeconds))
  counter('compute_infer_duration_us', 'Microseconds that the model computed.', () => micros(computeSeconds))
  gauge('pending_request_count', 'Games that wait for the model.', () => metrics.waiting())
  gauge('open_request_count', 'Games that have no answer yet, waiting or computed.', () => metrics.open)
  counter(
    'host_restarts',
    'Model hosts that were started in place of one that ended.',
    () => metrics.hostRestarts,
  )
  gauge('generation', 'Generation of the model that is served; 0 while there is none.', generation)
  addHistogram(registry, 'request_duration_seconds', 'From a game to its answer.', requestSeconds)
  addHistogram(registry, 'queue_duration_seconds', 'From a game to its departure to a host.', queueSeconds)
  addHistogram(registry, 'compute_infer_duration_seconds', 'Computing one batch.', computeSeconds)
  addHistogram(registry, 'batch_size', 'Games that were computed together.', batchSize)
}

function micros({ sum }: Tally): number {
  return Math.round(sum * 1e6)
}

function addFailures(registry: Registry, { failures }: InferenceMetrics): void {
  new Counter({
    name: 'podmate_inference_request_failure',
    help: 'Games without an answer: invalid, rejected (too busy or no model), cancelled (the client left), failed.',
    labelNames: ['reason'],
    registers: [registry],
    collect() {
      this.reset()
      for (const reason of failureReasons) this.inc({ reason }, failures[reason])
    },
  })
}

/** prom-client's own histogram takes single values only; these were counted before it was loaded. */
function addHistogram(registry: Registry, suffix: string, help: string, tally: Tally): void {
  const name = `podmate_inference_${suffix}`
  const sample = (part: string, value: number, labels = {}) => ({
    metricName: `${name}_${part}`,
    value,
    labels,
  })
  const metric = {
    name,
    get: async () => ({
      name,
      help,
      type: 'histogram',
      aggregator: 'sum',
      values: [
        ...tally.cumulative().map((count, index) => sample('bucket', count, { le: tally.bounds[index] })),
        sample('bucket', tally.total, { le: '+Inf' }),
        sample('sum', tally.sum),
        sample('count', tally.total),
      ],
    }),
  }
  // What a registry asks of a metric is its name and get(); the type lists prom-client's own classes.
  registry.registerMetric(metric as unknown as Counter)
}
