const failuresToDoubt = 2

/** Doubts a GPU that fails again and again beside the trainer, for a while: the CPU is slower, but it answers. */
export class GpuTrust {
  readonly #pauseMs: number
  #failures: readonly number[] = []
  #doubtedUntil = 0

  /** So long it is doubted, and so long a failure is remembered. */
  constructor(pauseMs: number) {
    this.#pauseMs = pauseMs
  }

  /** A host ended because the GPU failed while it answered, at this time of a clock that only goes forward. */
  failed(nowMs: number): void {
    this.#failures = [...this.#failures, nowMs].filter((at) => nowMs - at < this.#pauseMs)
    if (this.#failures.length < failuresToDoubt) return
    this.#failures = []
    this.#doubtedUntil = nowMs + this.#pauseMs
  }

  /** What to ask a new host for. An explicit `cuda` stays what it is: it is never silently the CPU. */
  device(requested: string, nowMs: number): string {
    return requested === 'auto' && nowMs < this.#doubtedUntil ? 'cpu' : requested
  }

  /** What the user should know; undefined when nothing. */
  warning(nowMs: number): string | undefined {
    if (nowMs >= this.#doubtedUntil) return undefined
    const minutes = Math.ceil((this.#doubtedUntil - nowMs) / 60_000)
    return `the GPU failed ${failuresToDoubt} times while it answered: the CPU is used, and the GPU is tried again in ${minutes} min`
  }
}
