import { RequestProblem } from '../request-problem.ts'
import type { BatchFacts, InferenceObserver } from './inference-observer.ts'
import { Tally } from './tally.ts'

export const failureReasons = ['invalid', 'rejected', 'cancelled', 'failed'] as const
export type FailureReason = (typeof failureReasons)[number]

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Counts what /infer does in plain numbers; prom-client is not needed before somebody asks for them. */
export class InferenceMetrics implements InferenceObserver {
  success = 0
  readonly failures: Record<FailureReason, number> = { invalid: 0, rejected: 0, cancelled: 0, failed: 0 }
  /** Games that were taken and have no answer yet, whether they wait or run. */
  open = 0
  /** Hosts that were started in place of one that had ended, be it one of several or the only one. */
  hostRestarts = 0
  /** Questions that wait for a host now; the routes say how many. */
  waiting: () => number = () => 0
  readonly requestSeconds = new Tally(seconds)
  readonly queueSeconds = new Tally(seconds)
  readonly computeSeconds = new Tally(seconds)
  readonly batchSize = new Tally([1, 2, 4, 8, 16, 32, 64])
  #hasRun = false
  readonly #told = new WeakSet<Error>()

  onBatch({ size, queueMs, computeMs }: BatchFacts): void {
    this.batchSize.add(size)
    this.computeSeconds.add(computeMs / 1000)
    for (const waitedMs of queueMs) this.queueSeconds.add(waitedMs / 1000)
  }

  /** A run of the service begins: any but the first has a host in place of one that ended. */
  onRun(): void {
    if (this.#hasRun) this.hostRestarts += 1
    this.#hasRun = true
  }

  onHostReplaced(): void {
    this.hostRestarts += 1
  }

  /** Runs the work of one game and counts how it ended; `left` says that the client did not wait for that. */
  async count<Value>(left: AbortSignal, work: () => Promise<Value>): Promise<Value> {
    const startedAt = performance.now()
    this.open += 1
    try {
      const value = await work()
      this.success += 1
      this.requestSeconds.add((performance.now() - startedAt) / 1000)
      return value
    } catch (error) {
      if (error instanceof Error) this.#told.add(error)
      this.failures[left.aborted ? 'cancelled' : reasonOf(error)] += 1
      throw error
    } finally {
      this.open -= 1
    }
  }

  /** Counts a request that was refused before anything was asked: unreadable JSON, a wrong type, a body too long. */
  refused(error: Error): void {
    if (!this.#told.has(error)) this.failures[reasonOf(error)] += 1
  }
}

function reasonOf(error: unknown): FailureReason {
  if (error instanceof RequestProblem) return error.outcome
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  return status < 500 ? 'invalid' : 'failed'
}
