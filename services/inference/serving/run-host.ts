import type { ServiceContext } from '../../../supervisor/service.ts'
import { settledWithin } from '../../../supervisor/time.ts'
import { LoadRefused } from '../hosts/model-host.ts'
import { unavailable } from '../request-problem.ts'
import { reportModel } from './announce-model.ts'
import { ModelServer, type ServerOptions } from './model-server.ts'
import { hostEnded } from './served-model.ts'

/** What one run of the service needs. */
export interface RunOptions extends ServerOptions {
  /** From `stop` to the last answer of what was asked before it. */
  readonly drainMs: number
}

/**
 * Opens a model, serves it and its successors until `stop`, and drains. Rejects when the host that serves ends by itself,
 * or when there is no model to begin with.
 */
export async function runHost(ctx: ServiceContext, options: RunOptions): Promise<void> {
  const { onServing, desk, choice } = options
  onServing({ type: 'down', reason: 'The model is being loaded.' })
  const server = new ModelServer(ctx, options)
  try {
    await server.start()
    ctx.ready()
    await server.serve()
    onServing({ type: 'down', reason: 'Inference is being stopped.' })
    await settledWithin(server.drained(), options.drainMs, ctx.kill)
  } catch (error) {
    if (ctx.stop.aborted && error === ctx.stop.reason) return
    onServing({ type: 'down', reason: downReason(error) })
    if (error instanceof LoadRefused) reportModel(undefined, choice, ctx, error.message)
    throw error
  } finally {
    if (ctx.stop.aborted) {
      onServing({ type: 'down', reason: 'Inference is stopped.' })
      desk.close(unavailable('Inference was stopped before the model was served.'))
    } else desk.pause()
    await server.end()
  }
}

function downReason(error: unknown): string {
  if (error instanceof LoadRefused) return `${error.message} It is tried again by itself.`
  const reason = error instanceof Error ? error.message : String(error)
  return hostEnded(reason)
}
