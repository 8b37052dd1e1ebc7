import { ProgramEnded } from '../../supervisor/ending.ts'
import type { ServiceContext } from '../../supervisor/service.ts'
import { aborted, settledWithin } from '../../supervisor/time.ts'
import { announceModel, reportRefusal } from './announce-model.ts'
import { type HostProcessOptions, startHostProcess } from './host-process.ts'
import { loadProgress, type ProgressTerminal } from './load-progress.ts'
import type { LoadedModel, LoadOrder } from './model-host/protocol.ts'
import { type HostPatience, LoadRefused, ModelHost } from './model-host.ts'
import { type QueueLimits, RequestQueue } from './request-queue.ts'
import { type Serving, servedModel } from './served-model.ts'
import type { Suspects } from './suspects.ts'

/** What one run of the service needs. */
export interface RunOptions {
  readonly host: HostProcessOptions
  readonly order: Omit<LoadOrder, 'skip'>
  readonly suspects: Suspects
  readonly patience: HostPatience
  readonly queue: QueueLimits
  /** From `stop` to the last answer of what was asked before it. */
  readonly drainMs: number
  readonly terminal: ProgressTerminal
  /** Told whenever it changes what is served. */
  onServing(serving: Serving): void
}

/** Forks a model host, serves its model until `stop`, and drains. Rejects when the host ends by itself or refuses. */
export async function runHost(ctx: ServiceContext, options: RunOptions): Promise<void> {
  const { onServing } = options
  const startedAt = performance.now()
  onServing({ type: 'down', reason: 'The model is being loaded.' })
  const child = await startHostProcess(options.host, ctx)
  const host = new ModelHost(child, options.patience)
  const queue = new RequestQueue(options.queue)
  try {
    const model = await Promise.race([load(host, options, ctx.stop), aborted(ctx.stop)])
    if (model === undefined) return
    const served = servedModel(model, (performance.now() - startedAt) / 1000, { host, queue })
    onServing({ type: 'up', served })
    announceModel(served, child.pid, ctx)
    const ending = await Promise.race([host.ended, aborted(ctx.stop)])
    if (ending) throw new ProgramEnded(ending)
    onServing({ type: 'down', reason: 'Inference is being stopped.' })
    await settledWithin(queue.drained(), options.drainMs, ctx.kill)
  } catch (error) {
    onServing({ type: 'down', reason: downReason(error) })
    if (error instanceof LoadRefused) reportRefusal(error, ctx)
    throw error
  } finally {
    if (ctx.stop.aborted) onServing({ type: 'down', reason: 'Inference is stopped.' })
    await child.end(ctx.kill)
  }
}

async function load(
  host: ModelHost,
  { order, suspects, terminal }: RunOptions,
  stop: AbortSignal,
): Promise<LoadedModel> {
  const progress = loadProgress(terminal)
  try {
    return await host.load({ ...order, skip: suspects.list() }, progress.show)
  } catch (error) {
    if (error instanceof ProgramEnded && !stop.aborted) suspects.hostDied(error.message, host.progress)
    throw error
  } finally {
    progress.clear()
  }
}

function downReason(error: unknown): string {
  if (error instanceof LoadRefused) return `${error.message} It is tried again by itself.`
  const reason = error instanceof Error ? error.message : String(error)
  return `The model host ended (${reason}) and is started again.`
}
