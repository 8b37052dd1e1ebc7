import type { ServiceContext } from '../../supervisor/service.ts'
import { pause } from '../../supervisor/time.ts'
import type { JobsDesk } from './jobs-desk.ts'
import type { Disk } from './options.ts'
import { tellsGpuMemory } from './trainer-run.ts'

const fullShare = 0.95
const roomShare = 0.92

/** Looks after what does not come by itself: what waits to be written, stalls, disks that fill up. Until `stop` aborts. */
export async function watchJobs(desk: JobsDesk, ctx: ServiceContext): Promise<void> {
  const { options, timings, book } = desk
  options.pod.onLogLine(({ service, text }) => {
    if (service === 'trainer') noteLine(desk, text, ctx)
  }, ctx.stop)
  const full = new Set<string>()
  while (!ctx.stop.aborted) {
    await book.saveAll().catch(() => {}) // the state service says why
    tellStalls(desk, performance.now(), ctx)
    for (const disk of options.disks?.() ?? []) tellFull(disk, full, ctx)
    ctx.report(details(desk))
    await pause(timings.watchMs, ctx.stop)
  }
}

function noteLine({ run }: JobsDesk, text: string, ctx: ServiceContext): void {
  if (!run.live || run.gpuMemoryOut || !tellsGpuMemory(text)) return
  run.gpuMemoryOut = true
  ctx.notice('error', `${run.live.job.name}: the memory of the GPU is not enough: try a smaller batch`)
}

/** Who has never reported cannot be told from one that does not report at all. */
function tellStalls({ options, book }: JobsDesk, nowMs: number, ctx: ServiceContext): void {
  const { stallMs } = options
  if (stallMs === undefined) return
  const minutes = Math.round(stallMs / 6000) / 10
  for (const live of book.all) {
    const { job, last, isStalled } = live
    if (job.status !== 'running' || !last || isStalled || nowMs - last.atMs < stallMs) continue
    live.isStalled = true
    ctx.notice('warn', `${job.name}: no step came for ${minutes} minutes, the last one is ${last.step}`)
  }
}

function tellFull({ mount, usedBytes, totalBytes }: Disk, full: Set<string>, ctx: ServiceContext): void {
  const share = totalBytes > 0 ? usedBytes / totalBytes : 0
  if (share < roomShare) full.delete(mount)
  if (share < fullShare || full.has(mount)) return
  full.add(mount)
  const left = Math.round((totalBytes - usedBytes) / 1e8) / 10
  ctx.notice(
    'warn',
    `the disk at ${mount} is nearly full: ${left} GB are left of ${Math.round(totalBytes / 1e9)}; checkpoints may fail`,
  )
}

function details({ run, book, options, forwarding }: JobsDesk) {
  return {
    trainer_job: run.live?.job.id ?? null,
    waiting_writes: book.unsaved,
    forwarding: options.remote
      ? { url: options.remote.url, problem: forwarding.problem ?? null, refused_points: forwarding.refused }
      : null,
  }
}
