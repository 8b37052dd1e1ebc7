import type { GpuProcess, GpuReading, GpuState } from './gpu-reading.ts'
import { type GpuLine, parseGpuLine } from './smi-lines.ts'

/** How often nvidia-smi answers, and how long it may take. */
export interface GpuTimings {
  readonly everyMs: number
  /** Later than this it hangs, and what it said is not true any more. */
  readonly hungMs: number
  /** A driver that nobody kept awake needs long for the first answer: until then it is not ended for its silence. */
  readonly firstAnswerMs: number
  /** The driver of a GPU may recover, but only a new process may see it. */
  readonly faultMs: number
}

/** Said of a start that is not older than `hungMs`. */
export const notYet = 'nvidia-smi has not answered yet'
const lastWordsLimit = 300

/** Everything that is known of the GPUs, from what nvidia-smi said and did; all times are monotonic ms. */
export class GpuBook {
  readonly #trace: string | undefined
  readonly #count: number | undefined
  readonly #timings: GpuTimings
  readonly #seen = new Map<number, { readonly line: GpuLine; readonly atMs: number }>()
  #processes: readonly GpuProcess[] = []
  /** Why nothing can be known, until the next answer. */
  #failure: string | undefined
  #isRunning = false
  /** nvidia-smi is not there or ended by itself: where nothing else shows a GPU, there is none. */
  #hasEnded = false
  #lastWords = ''
  #startedMs: number
  #runMs: number
  #answeredMs: number | undefined
  #faultMs: number | undefined

  /** nvidia-smi has listed all that it knows. */
  #hasListed = false

  /** `trace` says what shows that there is a GPU, such as "RUNPOD_GPU_COUNT is 1"; `count`: so many were asked for. */
  constructor(trace: string | undefined, timings: GpuTimings, nowMs: number, count?: number) {
    this.#trace = trace
    this.#count = count
    this.#timings = timings
    this.#startedMs = nowMs
    this.#runMs = nowMs
  }

  /** Telemetry runs, or does not. */
  turned(on: boolean, nowMs: number): void {
    this.#isRunning = on
    if (on && this.#answeredMs === undefined) this.#startedMs = nowMs
  }

  /** A new nvidia-smi runs. */
  started(nowMs: number): void {
    this.#runMs = nowMs
    this.#lastWords = ''
  }

  /** Takes a line; tells whether it is the answer of a GPU. */
  said(text: string, nowMs: number): boolean {
    const line = parseGpuLine(text)
    if (!line) {
      this.#lastWords = `${this.#lastWords} ${text}`.trim().slice(0, lastWordsLimit)
      return false
    }
    this.#hasListed ||= this.#seen.has(line.index)
    this.#seen.set(line.index, { line, atMs: nowMs })
    this.#answeredMs = nowMs
    this.#failure = undefined
    const hasFault = [...this.#seen.values()].some((seen) => seen.line.isFault)
    this.#faultMs = hasFault ? (this.#faultMs ?? nowMs) : undefined
    return true
  }

  found(processes: readonly GpuProcess[]): void {
    this.#processes = processes
  }

  /** nvidia-smi ended without being asked to. */
  ended(code: number | null, signal: string | null): void {
    this.#hasEnded = true
    const words = this.#lastWords && `: ${this.#lastWords}`
    this.#failure =
      code === 127
        ? `nvidia-smi was not found on PATH, although ${this.#trace ?? 'it was there before'}`
        : `nvidia-smi ended with ${signal ?? `exit code ${code}`}${words}`
  }

  /** It was killed and lives on. */
  cannotBeKilled(pid: number): void {
    this.#failure = `nvidia-smi hangs in the driver and cannot be killed (pid ${pid}): the machine has to be restarted`
  }

  /** An answer of this nvidia-smi is so late that it has to be ended. */
  isHung(nowMs: number): boolean {
    const { everyMs, hungMs, firstAnswerMs } = this.#timings
    const hasAnswered = this.#answeredMs !== undefined && this.#answeredMs >= this.#runMs
    return hasAnswered
      ? nowMs - (this.#answeredMs ?? 0) > everyMs + hungMs
      : nowMs - this.#runMs > firstAnswerMs
  }

  /** Faults have lasted so long, of the driver and under this nvidia-smi, that a new one is worth its start. */
  isStale(nowMs: number): boolean {
    return this.#faultMs !== undefined && nowMs - Math.max(this.#faultMs, this.#runMs) > this.#timings.faultMs
  }

  /** undefined: no GPU exists here. */
  reading(nowMs: number): GpuReading | undefined {
    const problem = this.#problem(nowMs)
    const isShown = this.#trace !== undefined || this.#seen.size > 0
    // A tool that has not answered yet shows no GPU, and one that has ended none either; one that hangs does.
    if (!isShown && (this.#hasEnded || !this.#isRunning || problem === notYet)) return undefined
    const atMs = this.#answeredMs ?? this.#startedMs
    const gpus = [...this.#seen.values()]
      .map(({ line, atMs }) => this.#stateOf(line, problem ?? this.#left(atMs)))
      .sort((one, other) => one.index - other.index)
    return {
      atMs,
      gpus,
      processes: problem === undefined ? this.#processes : [],
      problem,
      missing: this.#missing(),
    }
  }

  #problem(nowMs: number): string | undefined {
    const { everyMs, hungMs } = this.#timings
    if (!this.#isRunning) return 'telemetry does not run; `podctl status` says why'
    if (this.#failure !== undefined) return this.#failure
    const isLate =
      this.#answeredMs === undefined
        ? nowMs - this.#startedMs > hungMs
        : nowMs - this.#answeredMs > everyMs + hungMs
    if (isLate) return `nvidia-smi has not answered for more than ${hungMs / 1000} s`
    return this.#answeredMs === undefined ? notYet : undefined
  }

  #missing(): string | undefined {
    const [asked, found] = [this.#count ?? 0, this.#seen.size]
    if (!this.#hasListed || found >= asked) return undefined
    return `RUNPOD_GPU_COUNT is ${asked}, and nvidia-smi lists ${found}: you may pay for GPUs that are not there; deploy the pod again, or ask RunPod`
  }

  /** A GPU that the others' answers leave out has fallen off the bus. */
  #left(atMs: number): string | undefined {
    const isLeft = (this.#answeredMs ?? atMs) - atMs > this.#timings.everyMs + this.#timings.hungMs
    return isLeft ? 'nvidia-smi does not list it any more' : undefined
  }

  /** Nobody is to take an old utilisation for the present one. */
  #stateOf({ isFault: _, ...state }: GpuLine, problem: string | undefined): GpuState {
    return problem === undefined ? state : { ...state, utilPercent: undefined, problem }
  }
}
