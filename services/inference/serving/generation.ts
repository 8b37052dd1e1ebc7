import type { Ending } from '../../../supervisor/events.ts'
import type { ServiceContext } from '../../../supervisor/service.ts'
import { HostCrew } from '../hosts/host-crew.ts'
import { HostPool } from '../hosts/host-pool.ts'
import { type OpenHost, type OpenHostOptions, openHost } from '../hosts/open-host.ts'
import { type QueueLimits, RequestQueue } from '../hosts/request-queue.ts'
import type { InferenceObserver } from '../metrics/inference-observer.ts'
import type { LoadOrder, Seen, WatchOrder } from '../model-host/protocol.ts'
import { type ServedModel, servedModel } from './served-model.ts'

/** One model and the processes that run it. */
export interface Generation {
  readonly served: ServedModel
  readonly hostPids: readonly number[]
  /** Tells whenever a host joins or leaves. */
  onHosts(listener: () => void): void
  /** Settles when it cannot answer any more: its last host ended or was given up on. */
  readonly ended: Promise<Ending>
  /** One of its hosts watches the artifact folders; a later call replaces the order. */
  watch(order: WatchOrder, onSeen: (seen: Seen) => void): void
  /** Settles when nothing is asked any more. */
  drained(): Promise<void>
  /** Lets its hosts end, then kills them. Rejects with ProcessesLeft when not even that ends them. */
  end(kill: AbortSignal): Promise<void>
}

/** How the hosts of a generation are started and asked. */
export interface GenerationOptions extends OpenHostOptions {
  readonly queue: QueueLimits
  readonly observer?: InferenceObserver
  /** What to run on, instead of what the first host found: a pool without GPUs is tried out with several times `cpu`. */
  readonly devices?: readonly string[]
}

const nobody: InferenceObserver = { onBatch: () => {} }

/**
 * Opens a host with the model of `order`; rejects as `openHost` does. Where the order allows several devices, there will
 * be a host on each: the others join when they have loaded the same file.
 */
export async function openGeneration(
  ctx: ServiceContext,
  options: GenerationOptions,
  order: LoadOrder,
  number: number,
): Promise<Generation> {
  const startedAt = performance.now()
  const first = await openHost(ctx, options, order)
  const loadSeconds = (performance.now() - startedAt) / 1000
  const { observer = nobody } = options
  const queue = new RequestQueue(options.queue)
  const pool = new HostPool(queue, observer)
  const crew = new HostCrew(ctx, { open: options, pool, observer })
  manDevices(crew, first, order, options.devices ?? first.model.devices ?? [])
  return {
    served: servedModel({ model: first.model, generation: number, loadSeconds }, queue),
    get hostPids() {
      return crew.pids
    },
    onHosts: (listener) => crew.onHosts(listener),
    ended: pool.ended,
    watch: (watchOrder, onSeen) => crew.watch(watchOrder, onSeen),
    drained: () => queue.drained(),
    end: (kill) => crew.end(kill),
  }
}

function manDevices(crew: HostCrew, first: OpenHost, order: LoadOrder, devices: readonly string[]): void {
  // The end of an only host ends the generation: a newer model may be there by now, and the service finds out.
  if (devices.length < 2) crew.join(first)
  else for (const [index, device] of devices.entries()) manDevice(crew, first, { ...order, device }, index)
}

function manDevice(crew: HostCrew, first: OpenHost, order: LoadOrder, index: number): void {
  const { path, source, version } = first.model
  const same = { ...order, modelPath: path, wanted: { source, within: [] }, skip: [] }
  crew.man(same, version?.version, index === 0 ? first : undefined)
}
