import { monotonicMs, pause } from '../../supervisor/time.ts'
import type { GpuBook, GpuTimings } from './gpu-book.ts'
import type { LoneTool } from './lone-tool.ts'
import { gpuQuery, parseProcessLine, processQuery } from './smi-lines.ts'

export interface GpuWatchTimings extends GpuTimings {
  /** Between the end of one nvidia-smi and the start of the next; doubles up to `maxRetryMs` while there is no answer. */
  readonly retryMs: number
  readonly maxRetryMs: number
  readonly processesEveryMs: number
}

export interface GpuWatch {
  readonly book: GpuBook
  readonly timings: GpuWatchTimings
  readonly env: Readonly<Record<string, string>>
  /** What answers again and again, and what is asked for processes; both outlive a restart of the service. */
  readonly loop: LoneTool
  readonly query: LoneTool
}

const command = 'nvidia-smi'

/**
 * Keeps one nvidia-smi running until `stop` aborts, and starts a new one when it ends, hangs or is stuck with a fault.
 * Rejects only with ProcessesLeft.
 */
export async function watchGpus(watch: GpuWatch, stop: AbortSignal): Promise<void> {
  const { book, timings, loop } = watch
  let retryMs = timings.retryMs
  while (!stop.aborted) {
    const hasAnswered = await runLoop(watch, stop)
    retryMs = hasAnswered ? timings.retryMs : Math.min(retryMs * 2, timings.maxRetryMs)
    if (loop.left !== undefined && !stop.aborted) book.cannotBeKilled(loop.left)
    await Promise.all([loop.gone(stop), pause(retryMs, stop)])
  }
  await loop.close()
}

/** One nvidia-smi from start to end; tells whether it has answered. */
async function runLoop({ book, timings, env, loop }: GpuWatch, stop: AbortSignal): Promise<boolean> {
  if (loop.left !== undefined) return false
  book.started(monotonicMs())
  let hasAnswered = false
  const tool = { command, args: gpuQuery(timings.everyMs), env }
  const process = await loop.start(tool, (line) => {
    if (book.said(line, monotonicMs())) hasAnswered = true
  })
  const over = new AbortController()
  const toEnd = untilToEnd(book, timings, AbortSignal.any([stop, over.signal]))
  const ended = await Promise.race([process.ended, toEnd])
  over.abort()
  if (ended) book.ended(ended.code, ended.signal)
  else await loop.end()
  return hasAnswered
}

/** Settles when nvidia-smi has to be ended. */
async function untilToEnd(book: GpuBook, timings: GpuTimings, signal: AbortSignal): Promise<undefined> {
  const isDue = () => {
    const nowMs = monotonicMs()
    return book.isHung(nowMs) || book.isStale(nowMs)
  }
  while (!signal.aborted && !isDue()) await pause(timings.hungMs, signal)
}

/** Asks for the processes on the GPUs now and then, as long as GPUs answer. */
export async function watchProcesses(watch: GpuWatch, stop: AbortSignal): Promise<void> {
  const { book, timings, env, query } = watch
  while (!stop.aborted) {
    await pause(timings.processesEveryMs, stop)
    const reading = book.reading(monotonicMs())
    if (stop.aborted || !reading || reading.problem !== undefined) continue
    const outcome = await query.run({ command, args: processQuery, env }, timings.hungMs, stop)
    const isAnswer = outcome.type === 'ended' && outcome.code === 0
    book.found(isAnswer ? outcome.lines.flatMap((line) => parseProcessLine(line) ?? []) : [])
  }
  await query.close()
}
