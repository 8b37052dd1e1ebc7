import type { ServiceContext } from '../../../supervisor/service.ts'
import type { Generation } from './generation.ts'

/** Generations that were replaced: they answer what they were asked, then they end. */
export class Retired {
  readonly #ctx: ServiceContext
  readonly #ends = new Set<Promise<void>>()
  readonly #drainNoMore = new AbortController()

  constructor(ctx: ServiceContext) {
    this.#ctx = ctx
  }

  add(generation: Generation): void {
    const end = this.#retire(generation)
      .catch((err: unknown) => this.#ctx.log.warn({ err }, 'a replaced model host did not end'))
      .finally(() => this.#ends.delete(end))
    this.#ends.add(end)
  }

  /** Settles when they have answered everything, and ended. */
  async drained(): Promise<void> {
    await Promise.all(this.#ends)
  }

  /** Ends them all; settles when no process of them is left, as far as that can be known. */
  async ended(): Promise<void> {
    this.#drainNoMore.abort()
    await Promise.all(this.#ends)
  }

  async #retire(generation: Generation): Promise<void> {
    const cut = Promise.withResolvers<void>()
    const stop = this.#drainNoMore.signal
    stop.addEventListener('abort', () => cut.resolve(), { once: true })
    await Promise.race([generation.drained(), cut.promise])
    await generation.end(this.#ctx.kill)
  }
}
