import type { FastifyPluginAsync } from 'fastify'
import type { Registry } from 'prom-client'
import type { Service, ServiceContext } from '../../supervisor/service.ts'
import { monotonicMs, pause } from '../../supervisor/time.ts'
import { GpuBook } from './gpu-book.ts'
import { gpuNotices } from './gpu-notices.ts'
import { type HostCounters, readHostCounters } from './host-counters.ts'
import { hostSample } from './host-rates.ts'
import type { HostSample } from './host-sample.ts'
import { LoneTool } from './lone-tool.ts'
import { type TelemetryOptions, type TelemetryTimings, telemetryTimings } from './options.ts'
import type { TelemetryPort } from './port.ts'
import { SampleRing } from './sample-ring.ts'
import { statusDetails } from './status-details.ts'
import { telemetryRoutes } from './telemetry-routes.ts'
import { sampleOf } from './telemetry-samples.ts'
import { together } from './together.ts'
import { DiskWatch } from './watch-disks.ts'
import { type GpuWatch, watchGpus, watchProcesses } from './watch-gpus.ts'

export type { TelemetryOptions } from './options.ts'
export type { TelemetryPort } from './port.ts'

const firstPauseMs = 1000

export interface Telemetry {
  readonly service: Service
  readonly port: TelemetryPort
  readonly routes: FastifyPluginAsync
  /** Adds the last samples to the registry of /metrics. */
  metrics(registry: Registry): Promise<void>
}

/** Samples the GPUs by one nvidia-smi that keeps running, and the machine by the accounts of its container. */
export function telemetry(options: TelemetryOptions): Telemetry {
  const timings: TelemetryTimings = { ...telemetryTimings, ...options.timings }
  const book = new GpuBook(options.gpuTrace, timings.gpu, monotonicMs(), options.gpuCount)
  const watch: Omit<GpuWatch, 'env'> = {
    ...{ book, timings: timings.gpu, loop: new LoneTool(), query: new LoneTool() },
  }
  const disks = new DiskWatch(options.folders, { everyMs: timings.disksEveryMs, hungMs: timings.diskHungMs })
  const ring = new SampleRing(timings.samplesKept)
  let host: HostSample | undefined
  const port: TelemetryPort = { gpu: () => book.reading(monotonicMs()), host: () => host }

  async function sample(ctx: ServiceContext, stop: AbortSignal): Promise<void> {
    const tell = gpuNotices(ctx.notice)
    let before: HostCounters | undefined
    while (!stop.aborted) {
      const now = await readHostCounters(monotonicMs())
      host = hostSample(now, before, disks.now)
      // Rates need two looks: the first figures are not to take as long as the usual pause.
      const pauseMs = before ? timings.hostEveryMs : Math.min(firstPauseMs, timings.hostEveryMs)
      before = now
      const gpu = port.gpu()
      ring.push(Date.now(), sampleOf(gpu, host))
      ctx.report(statusDetails(gpu, host))
      tell(gpu)
      await pause(pauseMs, stop)
    }
  }

  async function run(ctx: ServiceContext): Promise<void> {
    const gpus = { ...watch, env: { ...options.env, ...ctx.program.mark } }
    book.turned(true, monotonicMs())
    ctx.ready()
    try {
      await together(ctx.stop, [
        (stop) => watchGpus(gpus, stop),
        (stop) => watchProcesses(gpus, stop),
        (stop) => disks.run(stop),
        (stop) => sample(ctx, stop),
      ])
    } finally {
      book.turned(false, monotonicMs())
    }
  }

  return {
    service: { name: 'telemetry', stopTier: 'tools', run },
    port,
    routes: telemetryRoutes(ring),
    async metrics(registry) {
      // prom-client is loaded by the first scrape.
      const { addTelemetryMetrics } = await import('./telemetry-registry.ts')
      addTelemetryMetrics(registry, port)
    },
  }
}
