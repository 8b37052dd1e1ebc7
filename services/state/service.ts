import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { ProgramEnded } from '../../supervisor/ending.ts'
import { PodError } from '../../supervisor/errors.ts'
import type { Service, ServiceContext } from '../../supervisor/service.ts'
import { aborted, settledWithin } from '../../supervisor/time.ts'
import { createGate } from './gate.ts'
import type { Link } from './link.ts'
import { folderName } from './names.ts'
import { createOutbox } from './outbox.ts'
import { createPort, type StatePort } from './port.ts'
import { serveVolume, type Volume } from './serve-volume.ts'
import { startVolumeChild, type VolumeChild } from './volume-child.ts'

export interface StateOptions {
  /** POD_STATE_DIR. */
  readonly dir: string
  /** Names the folder of this pod inside `dir`; default: the host name. */
  readonly podId?: string | undefined
  /** Another live podmate has the folder: the pod must end. The message names its pid, the folder and the remedy. */
  readonly onConflict: (message: string) => void
  readonly deadlineMs?: number
  readonly retryMs?: number
  readonly checkMs?: number
  /** An appended file is rotated at this size; one older file is kept. */
  readonly appendLimitBytes?: number
}

/**
 * The service that keeps POD_STATE_DIR/<pod id or host name>/, through a process of its own: a volume that hangs stops
 * that process and nothing else. The port may be used at any time.
 */
export function state(options: StateOptions): { readonly service: Service; readonly port: StatePort } {
  const { deadlineMs = 2000, retryMs = 5000, checkMs, appendLimitBytes = 4 << 20 } = options
  const dir = resolve(options.dir)
  const folder = join(dir, folderName(options.podId ?? hostname()))
  const volume: Volume = {
    open: { type: 'open', dir, folder, ownerPid: process.pid },
    outbox: createOutbox(),
    gate: createGate<Link>(),
    deadlineMs,
    retryMs,
    checkMs,
  }
  const service: Service = {
    name: 'state',
    stopTier: 'access',
    run: (ctx) => run(volume, options.onConflict, ctx),
  }
  return { service, port: createPort(volume, appendLimitBytes) }
}

async function run(
  volume: Volume,
  onConflict: StateOptions['onConflict'],
  ctx: ServiceContext,
): Promise<void> {
  const { gate, outbox, deadlineMs } = volume
  const over = new AbortController()
  gate.hold()
  const child = await startVolumeChild(ctx)
  outbox.forgetSent()
  try {
    await Promise.race([
      child.started.then(() => serveVolume(child, volume, ctx, over.signal)),
      child.ended.then((ending) => Promise.reject(new ProgramEnded(ending))),
      aborted(AbortSignal.any([ctx.stop, over.signal])).then(() =>
        over.signal.aborted ? undefined : windDown(child, volume, ctx),
      ),
    ])
  } catch (error) {
    if (error instanceof PodError && error.code === 'ALREADY_RUNNING') onConflict(error.message)
    throw error
  } finally {
    over.abort()
    gate.close(new PodError('NOT_RUNNING', 'state is not running'))
    await child.end(deadlineMs, ctx.kill)
  }
}

/** Writes what waits, for as long as the volume takes it and time is left, and gives the folder up. */
async function windDown(
  child: VolumeChild,
  { outbox, gate, deadlineMs }: Volume,
  ctx: ServiceContext,
): Promise<void> {
  let goesOn = true
  while (outbox.size > 0 && goesOn) goesOn = await settledWithin(outbox.changed(), deadlineMs, ctx.kill)
  if (outbox.size > 0)
    ctx.log.warn({ writes: outbox.size }, 'the volume did not take what waits for it: lost')
  if (gate.closed === undefined) await settledWithin(child.request({ type: 'close' }), deadlineMs, ctx.kill)
}
