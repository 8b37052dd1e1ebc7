import { ProgramEnded } from '../../supervisor/ending.ts'
import type { ServiceContext } from '../../supervisor/service.ts'
import { aborted, settledWithin } from '../../supervisor/time.ts'
import { announceModel, reportRefusal } from './announce-model.ts'
import { type Generation, type GenerationOptions, openGeneration } from './generation.ts'
import { loadProgress, type ProgressTerminal } from './load-progress.ts'
import type { LoadOrder, LoadProgress } from './model-host/protocol.ts'
import { LoadRefused } from './model-host.ts'
import type { Serving } from './served-model.ts'
import type { Suspects } from './suspects.ts'

/** What one run of the service needs. */
export interface RunOptions extends Omit<GenerationOptions, 'stop' | 'onProgress'> {
  readonly order: Omit<LoadOrder, 'skip'>
  readonly suspects: Suspects
  /** From `stop` to the last answer of what was asked before it. */
  readonly drainMs: number
  readonly terminal: ProgressTerminal
  /** Told whenever it changes what is served. */
  onServing(serving: Serving): void
}

/** Opens a model and serves it until `stop`, and drains. Rejects when its host ends by itself or refuses. */
export async function runHost(ctx: ServiceContext, options: RunOptions): Promise<void> {
  const { onServing } = options
  onServing({ type: 'down', reason: 'The model is being loaded.' })
  let generation: Generation | undefined
  try {
    generation = await open(ctx, options)
    onServing({ type: 'up', served: generation.served })
    announceModel(generation.served, generation.hostPids[0] ?? 0, ctx)
    const ending = await Promise.race([generation.ended, aborted(ctx.stop)])
    if (ending) throw new ProgramEnded(ending)
    onServing({ type: 'down', reason: 'Inference is being stopped.' })
    await settledWithin(generation.drained(), options.drainMs, ctx.kill)
  } catch (error) {
    if (ctx.stop.aborted && error === ctx.stop.reason) return
    onServing({ type: 'down', reason: downReason(error) })
    if (error instanceof LoadRefused) reportRefusal(error, ctx)
    throw error
  } finally {
    if (ctx.stop.aborted) onServing({ type: 'down', reason: 'Inference is stopped.' })
    await generation?.end(ctx.kill)
  }
}

async function open(ctx: ServiceContext, options: RunOptions): Promise<Generation> {
  const { order, suspects, terminal, ...open } = options
  const bar = loadProgress(terminal)
  let last: LoadProgress | undefined
  const onProgress = (progress: LoadProgress) => {
    last = progress
    bar.show(progress)
  }
  try {
    const settings = { ...open, stop: ctx.stop, onProgress }
    return await openGeneration(ctx, settings, { ...order, skip: suspects.list() }, 1)
  } catch (error) {
    if (error instanceof ProgramEnded && !ctx.stop.aborted) suspects.hostDied(error.message, last)
    throw error
  } finally {
    bar.clear()
  }
}

function downReason(error: unknown): string {
  if (error instanceof LoadRefused) return `${error.message} It is tried again by itself.`
  const reason = error instanceof Error ? error.message : String(error)
  return `The model host ended (${reason}) and is started again.`
}
