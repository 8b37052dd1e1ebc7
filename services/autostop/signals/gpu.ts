import type { Signal } from '../signal.ts'
import { active, counted, quiet, spoken, unknown } from './evidence.ts'
import { guarded } from './guarded.ts'
import type { GpusSeen } from './ports.ts'

export interface GpuOptions {
  /** Undefined: no GPU is here now. */
  readonly read: () => GpusSeen | undefined
  readonly utilPercent: number
  /** 0: memory never counts. */
  readonly memoryMb: number
  readonly recentMs: number
  /** Ends the looks between two readings. */
  readonly over: AbortSignal
  /** Time between these looks. */
  readonly lookEveryMs?: number
}

interface Peak {
  readonly atMs: number
  readonly text: string
}

/** Older samples say nothing about now. */
const staleMs = 60_000

/**
 * Active when any GPU was at work since the last reading. Memory shows nothing by default: a model that is loaded is
 * not work. Unknown while a GPU cannot be asked and no other one works.
 */
export function gpuSignal(options: GpuOptions): Signal {
  const { read, recentMs, over, lookEveryMs = 1000 } = options
  let peak: Peak | undefined
  const look = () => {
    const seen = read()
    const text = seen && workOf(seen, options)
    if (seen && text !== undefined) peak = { atMs: seen.atMs, text }
    return seen
  }
  const timer = setInterval(look, lookEveryMs).unref()
  over.addEventListener('abort', () => clearInterval(timer), { once: true })
  const signal = guarded('gpu', (nowMs) => {
    const seen = look()
    const when = peak && nowMs - peak.atMs
    if (peak && when !== undefined && when <= recentMs)
      return active(peak.atMs, when < 1000 ? peak.text : `${peak.text} ${spoken(when)} ago`)
    const problem = seen ? problemOf(seen, nowMs) : 'there is no sample of the GPUs'
    if (problem !== undefined) return unknown(peak?.atMs, problem)
    return quiet(peak?.atMs, idleText(seen?.gpus ?? [], options.utilPercent))
  })
  return { ...signal, isHere: () => read() !== undefined }
}

/** What shows that a GPU works; undefined when nothing does. Pure. */
function workOf({ gpus }: GpusSeen, { utilPercent, memoryMb }: GpuOptions): string | undefined {
  const busy = gpus.filter((gpu) => (gpu.utilPercent ?? 0) >= utilPercent)
  const most = busy.toSorted((one, other) => (other.utilPercent ?? 0) - (one.utilPercent ?? 0))[0]
  if (most) return `GPU ${most.index} was ${most.utilPercent} % busy`
  const full = memoryMb > 0 ? gpus.find((gpu) => (gpu.memoryUsedMb ?? 0) >= memoryMb) : undefined
  return full && `GPU ${full.index} held ${full.memoryUsedMb} MB (IDLE_GPU_MEM_MB_THRESHOLD)`
}

function problemOf({ atMs, gpus, problem }: GpusSeen, nowMs: number): string | undefined {
  if (problem !== undefined) return problem
  if (nowMs - atMs > staleMs) return `the last sample of the GPUs is ${spoken(nowMs - atMs)} old`
  const blind = gpus.find((gpu) => gpu.problem !== undefined || gpu.utilPercent === undefined)
  if (blind) return `GPU ${blind.index}: ${blind.problem ?? 'its utilisation is not known'}`
  return gpus.length === 0 ? 'no GPU has answered yet' : undefined
}

function idleText(gpus: GpusSeen['gpus'], utilPercent: number): string {
  const most = Math.max(...gpus.map((gpu) => gpu.utilPercent ?? 0))
  return `${counted(gpus.length, 'GPU')} at ${most} % or less; ${utilPercent} % would be work`
}
