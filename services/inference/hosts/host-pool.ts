import { ProgramEnded } from '../../../supervisor/ending.ts'
import type { Ending } from '../../../supervisor/events.ts'
import type { InferenceObserver } from '../metrics/inference-observer.ts'
import type { Answers, ModelHost } from './model-host.ts'
import type { Question } from './question.ts'
import type { RequestQueue } from './request-queue.ts'

/** A question that two hosts ended on may be what ends them. */
const mostHostsLost = 2

/** Batches that a host is at: one. Another one sent ahead would be smaller, and what comes meanwhile would miss it. */
const mostBatches = 1

/** Hosts that serve one model from one queue: whichever is free takes what waits, the least loaded first. */
export class HostPool {
  readonly #queue: RequestQueue
  readonly #observer: InferenceObserver
  /** Batches that each host is at. */
  readonly #hosts = new Map<ModelHost, number>()
  readonly #ended = Promise.withResolvers<Ending>()
  #planned = false

  constructor(queue: RequestQueue, observer: InferenceObserver) {
    this.#queue = queue
    this.#observer = observer
    queue.onWaiting(() => this.#plan())
  }

  /** Settles when its last host has ended; what waits is rejected with that. */
  get ended(): Promise<Ending> {
    return this.#ended.promise
  }

  add(host: ModelHost): void {
    this.#hosts.set(host, 0)
    void host.ended.then((ending) => this.#remove(host, ending))
    this.#plan()
  }

  #remove(host: ModelHost, ending: Ending): void {
    this.#hosts.delete(host)
    if (this.#hosts.size > 0) return
    this.#ended.resolve(ending)
    this.#queue.close(new ProgramEnded(ending))
  }

  /** After what came in together was read, so that it is asked together. */
  #plan(): void {
    if (this.#planned) return
    this.#planned = true
    setImmediate(() => {
      this.#planned = false
      this.#dispatch()
    })
  }

  #dispatch(): void {
    for (let host = this.#free(); host; host = this.#free()) {
      const batch = this.#queue.take()
      if (batch.length === 0) return
      void this.#ask(host, batch)
    }
  }

  /** The least loaded host that can take a batch; of equal ones the first, whose prefix states are the warmest. */
  #free(): ModelHost | undefined {
    const free = [...this.#hosts].filter(([host, batches]) => host.alive && batches < mostBatches)
    return free.toSorted(([, left], [, right]) => left - right)[0]?.[0]
  }

  async #ask(host: ModelHost, batch: readonly Question[]): Promise<void> {
    const sentAt = performance.now()
    this.#load(host, 1)
    try {
      const answers = await host.run(batch.map(({ row }) => row))
      this.#load(host, -1)
      this.#dispatch() // before the answers are worked on: the host must not wait for that
      this.#settle(batch, answers, host.device)
      this.#tell(batch, answers, sentAt)
    } catch (error) {
      this.#load(host, -1)
      this.#fail(batch, error)
      this.#plan()
    }
  }

  #load(host: ModelHost, change: 1 | -1): void {
    const batches = this.#hosts.get(host)
    if (batches !== undefined) this.#hosts.set(host, batches + change)
  }

  #settle(batch: readonly Question[], { outputs }: Answers, device: string | undefined): void {
    for (const [index, question] of batch.entries()) {
      const output = outputs[index]
      if (output === undefined) question.reject(new Error('the host sent no output'))
      else question.resolve(device === undefined ? output : { ...output, device })
    }
  }

  #tell(batch: readonly Question[], { runMs }: Answers, sentAt: number): void {
    const queueMs = batch.map(({ askedAt }) => sentAt - askedAt)
    this.#observer.onBatch({ size: batch.length, queueMs, computeMs: runMs })
  }

  #fail(batch: readonly Question[], error: unknown): void {
    const again = batch.filter((question) => this.#mayAskAgain(question, batch, error))
    for (const question of batch) if (!again.includes(question)) question.reject(error)
    this.#queue.putBack(again)
  }

  /** One row may fail a batch, or end a host, for all others in it. */
  #mayAskAgain(question: Question, batch: readonly Question[], error: unknown): boolean {
    if (!(error instanceof ProgramEnded)) {
      question.alone = true
      return batch.length > 1
    }
    question.hostsLost += 1
    const anotherLives = [...this.#hosts.keys()].some((host) => host.alive)
    return anotherLives && question.hostsLost < mostHostsLost
  }
}
