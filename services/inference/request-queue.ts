import pLimit from 'p-limit'

export interface QueueLimits {
  /** Questions that may wait. */
  readonly waiting: number
  /** From the question to its answer. */
  readonly timeoutMs: number
}

/** Asks one thing at a time, in order; what waits too long, or for nobody any more, is never asked. */
export class RequestQueue {
  readonly #limits: QueueLimits
  readonly #one = pLimit(1)
  readonly #open = new Set<Promise<unknown>>()

  constructor(limits: QueueLimits) {
    this.#limits = limits
  }

  /** Runs `work` when its turn comes; rejects when too many wait, it takes too long, the client left, or `work` rejects. */
  async ask<Value>(work: () => Promise<Value>, left: AbortSignal): Promise<Value> {
    const { waiting, timeoutMs } = this.#limits
    if (this.#one.pendingCount >= waiting) throw new Error(`${waiting} requests are waiting already`)
    const dropped = new AbortController()
    const timer = setTimeout(
      () => dropped.abort(new Error(`no answer within ${timeoutMs / 1000} s`)),
      timeoutMs,
    )
    const leave = () => dropped.abort(new Error('the client left'))
    left.addEventListener('abort', leave, { once: true })
    try {
      return await Promise.race([this.#inTurn(work, dropped.signal), rejection(dropped.signal)])
    } finally {
      clearTimeout(timer)
      left.removeEventListener('abort', leave)
    }
  }

  #inTurn<Value>(work: () => Promise<Value>, dropped: AbortSignal): Promise<Value> {
    const turn = this.#one(() => {
      dropped.throwIfAborted()
      return work()
    })
    this.#open.add(turn)
    const over = () => this.#open.delete(turn)
    turn.then(over, over)
    return turn
  }

  /** Settles when nothing waits or runs any more. */
  async drained(): Promise<void> {
    while (this.#open.size > 0) await Promise.allSettled(this.#open)
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
