import pLimit from 'p-limit'

/** Why a question was not answered: told apart so that each gets its own sentence. */
export class QueueRefusal extends Error {
  readonly type: 'full' | 'late' | 'left'

  constructor(type: 'full' | 'late' | 'left', message: string) {
    super(message)
    this.name = 'QueueRefusal'
    this.type = type
  }
}

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

  get length(): number {
    return this.#one.pendingCount
  }

  /** Runs `work` when its turn comes; rejects with QueueRefusal, or with what `work` rejects with. */
  async ask<Value>(work: () => Promise<Value>, left: AbortSignal): Promise<Value> {
    const { waiting, timeoutMs } = this.#limits
    if (this.#one.pendingCount >= waiting) {
      throw new QueueRefusal('full', `${waiting} requests are waiting already`)
    }
    const dropped = Promise.withResolvers<never>()
    let refusal: QueueRefusal | undefined
    const drop = (type: 'late' | 'left', message: string) => {
      refusal ??= new QueueRefusal(type, message)
      dropped.reject(refusal)
    }
    const timer = setTimeout(() => drop('late', `no answer within ${timeoutMs / 1000} s`), timeoutMs)
    const leave = () => drop('left', 'the client left')
    left.addEventListener('abort', leave, { once: true })
    const turn = this.#one(async () => {
      if (refusal) throw refusal
      return work()
    })
    this.#open.add(turn)
    try {
      return await Promise.race([turn, dropped.promise])
    } finally {
      clearTimeout(timer)
      left.removeEventListener('abort', leave)
      void turn.catch(() => {}).then(() => this.#open.delete(turn)) // its error went to the asker
    }
  }

  /** Settles when nothing waits or runs any more. */
  async drained(): Promise<void> {
    while (this.#open.size > 0) await Promise.allSettled(this.#open)
  }
}
