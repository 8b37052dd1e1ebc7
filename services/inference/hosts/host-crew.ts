import type { ServiceContext } from '../../../supervisor/service.ts'
import { aborted, pause } from '../../../supervisor/time.ts'
import type { InferenceObserver } from '../metrics/inference-observer.ts'
import type { LoadOrder, Seen, WatchOrder } from '../model-host/protocol.ts'
import type { HostPool } from './host-pool.ts'
import { type OpenHost, type OpenHostOptions, openHost } from './open-host.ts'

export interface CrewOptions {
  readonly open: Omit<OpenHostOptions, 'stop' | 'onProgress'>
  readonly pool: HostPool
  readonly observer: InferenceObserver
}

/** The hosts of a generation, one on each device: one that ends is replaced, and the others go on meanwhile. */
export class HostCrew {
  readonly #ctx: ServiceContext
  readonly #options: CrewOptions
  readonly #over = new AbortController()
  readonly #present = new Set<OpenHost>()
  readonly #posts: Promise<void>[] = []
  #watch: { readonly order: WatchOrder; readonly onSeen: (seen: Seen) => void } | undefined

  #onHosts: () => void = () => {}

  constructor(ctx: ServiceContext, options: CrewOptions) {
    this.#ctx = ctx
    this.#options = options
  }

  get pids(): readonly number[] {
    return [...this.#present].map(({ process }) => process.pid)
  }

  /** Told whenever a host joins or leaves. */
  onHosts(listener: () => void): void {
    this.#onHosts = listener
  }

  /** Lets a host answer until it ends. */
  join(host: OpenHost): void {
    this.#present.add(host)
    this.#options.pool.add(host.host)
    if (this.#present.size === 1) this.#rewatch()
    this.#onHosts()
  }

  /** Keeps a host on a device: `first`, or one that loads what `order` names, and then its successors. */
  man(order: LoadOrder, version: string | undefined, first?: OpenHost): void {
    this.#posts.push(this.#post(order, version, first))
  }

  /** The host that has been here longest watches the artifact folders. */
  watch(order: WatchOrder, onSeen: (seen: Seen) => void): void {
    this.#watch = { order, onSeen }
    this.#rewatch()
  }

  /** Lets all hosts end, then kills them; rejects with ProcessesLeft when not even that ends them. */
  async end(kill: AbortSignal): Promise<void> {
    this.#over.abort()
    await Promise.all(this.#posts)
    const ends = await Promise.allSettled([...this.#present].map(({ process }) => process.end(kill)))
    for (const end of ends) if (end.status === 'rejected') throw end.reason
  }

  async #post(order: LoadOrder, version: string | undefined, first?: OpenHost): Promise<void> {
    const { backoffFirstMs, backoffCapMs, healthyMs } = this.#ctx.program.timings
    let next = first
    let delayMs = backoffFirstMs
    while (!this.#over.signal.aborted) {
      const startedAt = performance.now()
      const host = next ?? (await this.#open(order))
      next = undefined
      if (host && host.model.version?.version !== version) return this.#dismiss(host, order)
      if (host) await this.#serve(host)
      if (performance.now() - startedAt >= healthyMs) delayMs = backoffFirstMs
      await pause(delayMs, this.#over.signal)
      delayMs = Math.min(2 * delayMs, backoffCapMs)
      if (host) this.#options.observer.onHostReplaced?.()
    }
  }

  async #open(order: LoadOrder): Promise<OpenHost | undefined> {
    try {
      const options = { ...this.#options.open, stop: this.#over.signal, onProgress: () => {} }
      return await openHost(this.#ctx, options, order)
    } catch (err) {
      const { device } = order
      if (!this.#over.signal.aborted) this.#ctx.log.warn({ err, device }, 'a model host could not be opened')
      return undefined
    }
  }

  async #serve(open: OpenHost): Promise<void> {
    this.join(open)
    const ending = await Promise.race([open.host.ended, aborted(this.#over.signal)])
    if (ending === undefined) return
    this.#present.delete(open)
    this.#rewatch()
    this.#onHosts()
    const { device } = open.model
    this.#ctx.log.warn({ device, reason: ending.reason }, 'a model host ended; it is replaced')
    await this.#leave(open)
  }

  async #dismiss(open: OpenHost, { device, modelPath }: LoadOrder): Promise<void> {
    this.#ctx.log.warn({ device, path: modelPath }, 'its file has changed: no host until the next model')
    await this.#leave(open)
  }

  async #leave({ process }: OpenHost): Promise<void> {
    try {
      await process.end(this.#ctx.kill)
    } catch (err) {
      this.#ctx.log.warn({ err }, 'a model host that was given up is still there')
    }
  }

  #rewatch(): void {
    const [longest] = this.#present
    if (this.#watch) longest?.host.watch(this.#watch.order, this.#watch.onSeen)
  }
}
