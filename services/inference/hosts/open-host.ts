import type { ServiceContext } from '../../../supervisor/service.ts'
import type { LoadedModel, LoadOrder, LoadProgress } from '../model-host/protocol.ts'
import { type HostProcess, type HostProcessOptions, startHostProcess } from './host-process.ts'
import { type HostPatience, ModelHost } from './model-host.ts'

/** A process that has loaded a model and answers. */
export interface OpenHost {
  readonly process: HostProcess
  readonly host: ModelHost
  readonly model: LoadedModel
}

export interface OpenHostOptions {
  readonly host: HostProcessOptions
  readonly patience: HostPatience
  /** Loading is given up when it aborts. */
  readonly stop: AbortSignal
  /** Told what the host does while it loads: the last word is what it died of, if it dies. */
  onProgress(progress: LoadProgress): void
}

/**
 * Forks a host that loads, checks and warms up the model of `order`. Rejects with LoadRefused, with ProgramEnded when it
 * ends or is silent for too long, and with the reason of `stop`; no process is left then.
 */
export async function openHost(
  ctx: ServiceContext,
  { host: processOptions, patience, stop, onProgress }: OpenHostOptions,
  order: LoadOrder,
): Promise<OpenHost> {
  const process = await startHostProcess(processOptions, ctx)
  const host = new ModelHost(process, patience)
  try {
    return { process, host, model: await unlessStopped(stop, host.load(order, onProgress)) }
  } catch (error) {
    await process.end(ctx.kill)
    throw error
  }
}

async function unlessStopped<Value>(stop: AbortSignal, work: Promise<Value>): Promise<Value> {
  const stopped = Promise.withResolvers<never>()
  const give = () => stopped.reject(stop.reason)
  stop.addEventListener('abort', give, { once: true })
  if (stop.aborted) give()
  try {
    return await Promise.race([work, stopped.promise])
  } finally {
    stop.removeEventListener('abort', give)
  }
}
