import type { Ending } from '../../supervisor/events.ts'
import type { ServiceContext } from '../../supervisor/service.ts'
import { type HostProcess, type HostProcessOptions, startHostProcess } from './host-process.ts'
import type { LoadedModel, LoadOrder, LoadProgress } from './model-host/protocol.ts'
import { type HostPatience, ModelHost } from './model-host.ts'
import { type QueueLimits, RequestQueue } from './request-queue.ts'
import { type ServedModel, servedModel } from './served-model.ts'

/** One model and the processes that run it. */
export interface Generation {
  readonly served: ServedModel
  readonly hostPids: readonly number[]
  /** Settles when it cannot answer any more: its last host ended or was given up on. */
  readonly ended: Promise<Ending>
  /** Settles when nothing is asked any more. */
  drained(): Promise<void>
  /** Lets its hosts end, then kills them. Rejects with ProcessesLeft when not even that ends them. */
  end(kill: AbortSignal): Promise<void>
}

/** How the hosts of a generation are started and asked. */
export interface GenerationOptions {
  readonly host: HostProcessOptions
  readonly patience: HostPatience
  readonly queue: QueueLimits
  /** Loading is given up when it aborts. */
  readonly stop: AbortSignal
  /** Told what the host does while it loads: the last word is what it died of, if it dies. */
  onProgress(progress: LoadProgress): void
}

/**
 * Forks a host that loads, checks and warms up the model of `order`. Rejects with LoadRefused, with ProgramEnded when the
 * host ends or is silent for too long, and with the reason of `stop`; no process is left then.
 */
export async function openGeneration(
  ctx: ServiceContext,
  options: GenerationOptions,
  order: LoadOrder,
  number: number,
): Promise<Generation> {
  const startedAt = performance.now()
  const child = await startHostProcess(options.host, ctx)
  const host = new ModelHost(child, options.patience)
  try {
    const model = await unlessStopped(options.stop, host.load(order, options.onProgress))
    const loadSeconds = (performance.now() - startedAt) / 1000
    return generation({ model, generation: number, loadSeconds }, { child, host, options })
  } catch (error) {
    await child.end(ctx.kill)
    throw error
  }
}

interface Parts {
  readonly child: HostProcess
  readonly host: ModelHost
  readonly options: GenerationOptions
}

function generation(
  facts: { readonly model: LoadedModel; readonly generation: number; readonly loadSeconds: number },
  { child, host, options }: Parts,
): Generation {
  const queue = new RequestQueue(options.queue)
  return {
    served: servedModel(facts, { host, queue }),
    hostPids: [child.pid],
    ended: host.ended,
    drained: () => queue.drained(),
    end: (kill) => child.end(kill),
  }
}

async function unlessStopped<Value>(stop: AbortSignal, work: Promise<Value>): Promise<Value> {
  stop.throwIfAborted()
  const stopped = Promise.withResolvers<never>()
  const give = () => stopped.reject(stop.reason)
  stop.addEventListener('abort', give, { once: true })
  try {
    return await Promise.race([work, stopped.promise])
  } finally {
    stop.removeEventListener('abort', give)
  }
}
