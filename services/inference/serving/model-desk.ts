import { RequestProblem } from '../request-problem.ts'
import type { ServedModel } from './served-model.ts'

/** What somebody wants to be served. */
export type Wish =
  | { readonly type: 'use'; readonly path: string }
  | { readonly type: 'latest' }
  | { readonly type: 'rollback' }

/** A wish and whoever waits for its answer. */
export interface Change {
  readonly wish: Wish
  grant(served: ServedModel): void
  refuse(error: unknown): void
}

/** Where wishes are handed in and taken by the loop that serves; the last one wins. */
export class ModelDesk {
  #waiting: Change | undefined
  #onAsk: (() => void) | undefined
  #came = new AbortController()

  /** Settles when the wish is served; rejects when it cannot be, or when a later one comes. */
  ask(wish: Wish): Promise<ServedModel> {
    const { promise, resolve, reject } = Promise.withResolvers<ServedModel>()
    this.#waiting?.refuse(superseded())
    this.#waiting = { wish, grant: resolve, refuse: reject }
    this.#came.abort(superseded())
    this.#onAsk?.()
    return promise
  }

  /** Whether somebody serves, or will soon, and so takes a wish. */
  get isOpen(): boolean {
    return this.#onAsk !== undefined
  }

  /** Somebody serves from now on, and is told when there is a wish to take. */
  open(onAsk: () => void): void {
    this.#onAsk = onAsk
  }

  /** Nobody serves for now: whoever waits is served by the next run. */
  pause(): void {
    this.#onAsk = () => {}
  }

  /** Refuses whoever waits: nobody serves any more. */
  close(reason: unknown): void {
    this.#onAsk = undefined
    this.#waiting?.refuse(reason)
    this.#waiting = undefined
  }

  /** Aborts when the next wish comes in; its reason is what a wish that is being fulfilled is refused with. */
  get came(): AbortSignal {
    return this.#came.signal
  }

  take(): Change | undefined {
    const change = this.#waiting
    this.#waiting = undefined
    this.#came = new AbortController()
    return change
  }
}

function superseded(): RequestProblem {
  return new RequestProblem(409, 'Conflict', 'Another model was asked for before this one was served.')
}
