import type { ServiceContext } from '../../supervisor/service.ts'
import { aborted, pause, settledWithin } from '../../supervisor/time.ts'
import type { Gate } from './gate.ts'
import { createLink, type Link, type Trouble } from './link.ts'
import type { Outbox } from './outbox.ts'
import type { Replies, RequestOf } from './protocol.ts'
import type { VolumeChild } from './volume-child.ts'
import { isUnavailable, unavailable, VolumeFailure } from './volume-error.ts'

export interface VolumeTimings {
  /** How long an answer may take before the volume counts as hung. */
  readonly deadlineMs: number
  /** The pause between attempts while the volume refuses. */
  readonly retryMs: number
  /** When nothing was written for so long, the volume is asked whether it is there; absent = an idle pod asks nothing. */
  readonly checkMs: number | undefined
}

export interface Volume extends VolumeTimings {
  readonly open: RequestOf<'open'>
  readonly outbox: Outbox
  readonly gate: Gate<Link>
}

/**
 * Keeps the folder open and writes what waits in the outbox, through every trouble of the volume, until `over` aborts.
 * Rejects when another podmate has the folder.
 */
export async function serveVolume(
  child: VolumeChild,
  volume: Volume,
  ctx: ServiceContext,
  over: AbortSignal,
): Promise<void> {
  const ended = aborted(over)
  let opening: Promise<Replies['open']> | undefined
  while (!over.aborted) {
    const link = createLink(child, volume.open.folder, volume.deadlineMs, over)
    // One at a time: on a hung volume it is answered when the volume is back.
    opening ??= link.ask(volume.open).finally(() => {
      opening = undefined
    })
    const trouble = await Promise.race([serveLink(link, opening, volume, ctx), link.trouble, ended])
    if (!trouble) return
    volume.gate.close(unavailable(trouble.reason))
    report(volume, ctx)
    ctx.notReady(trouble.reason)
    if (!trouble.late) await pause(volume.retryMs, over)
  }
}

async function serveLink(
  link: Link,
  opening: Promise<Replies['open']>,
  volume: Volume,
  ctx: ServiceContext,
): Promise<Trouble> {
  try {
    const { from, notices } = await opening
    for (const notice of notices) ctx.log.warn(notice)
    if (from !== undefined && link.usable) ctx.log.warn({ from }, 'stale state folder taken over')
    await writeWaiting(link, volume.outbox)
    if (!link.usable) return await link.trouble
    volume.gate.open(link)
    report(volume, ctx)
    ctx.ready()
    return await writeAsItComes(link, volume)
  } catch (error) {
    // Perhaps the late answer to what an earlier link had asked.
    if (isUnavailable(error)) return { reason: error.message, late: false }
    throw error
  }
}

async function writeAsItComes(link: Link, { outbox, checkMs }: Volume): Promise<Trouble> {
  while (link.usable) {
    await writeWaiting(link, outbox)
    if (outbox.size > 0) continue
    const something = checkMs === undefined ? outbox.changed() : settledWithin(outbox.changed(), checkMs)
    if ((await something) === false && link.usable) await link.ask({ type: 'check' })
  }
  return await link.trouble
}

async function writeWaiting(link: Link, outbox: Outbox): Promise<void> {
  for (let entry = outbox.first(); entry && link.usable; entry = outbox.first()) {
    // What a link in trouble has asked for may still be done: it is waited for, not asked again.
    entry.sent ??= link.ask(entry.request)
    try {
      await entry.sent
      outbox.settle(entry)
    } catch (error) {
      delete entry.sent
      if (!(error instanceof VolumeFailure)) throw error
      // Not the volume's fault (a folder of that name, a name too long): it would fail for ever.
      outbox.settle(entry, error)
    }
  }
}

function report({ open, outbox }: Volume, ctx: ServiceContext): void {
  ctx.report({ folder: open.folder, waiting_writes: outbox.size, dropped_writes: outbox.dropped })
}
