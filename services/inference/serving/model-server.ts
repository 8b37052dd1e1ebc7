import { ProgramEnded } from '../../../supervisor/ending.ts'
import type { Ending } from '../../../supervisor/events.ts'
import type { ServiceContext } from '../../../supervisor/service.ts'
import { settledWithin } from '../../../supervisor/time.ts'
import { LoadRefused } from '../hosts/model-host.ts'
import { type FileVersion, gpuFailedExit, type LoadOrder, type Seen } from '../model-host/protocol.ts'
import { announceModel, logRejections, reportModel } from './announce-model.ts'
import { Bell } from './bell.ts'
import { changeProblem, nothingBefore } from './change-problem.ts'
import type { Generation } from './generation.ts'
import { choiceOf, type ModelChoice } from './model-choice.ts'
import type { Change, ModelDesk } from './model-desk.ts'
import { type OpenOptions, openModel } from './open-model.ts'
import { Retired } from './retired.ts'
import { hostEnded, type Serving } from './served-model.ts'

/** How long somebody who asked for the latest waits for files that are being written. */
const lookMs = 5000

export interface ServerOptions extends OpenOptions {
  readonly choice: ModelChoice
  readonly desk: ModelDesk
  /** Told whenever it changes what is served. */
  onServing(serving: Serving): void
}

/** Serves one generation after the other: each is ready before it takes over, and its predecessor answers what it was asked. */
export class ModelServer {
  readonly #ctx: ServiceContext
  readonly #options: ServerOptions
  readonly #choice: ModelChoice
  readonly #desk: ModelDesk
  readonly #bell = new Bell()
  readonly #retired: Retired
  #current: Generation | undefined
  #ending: Ending | undefined
  #found: FileVersion | undefined
  #looked = Promise.withResolvers<void>()
  #gpuIsDue = false
  #gpuTimer: NodeJS.Timeout | undefined

  constructor(ctx: ServiceContext, options: ServerOptions) {
    this.#ctx = ctx
    this.#options = options
    this.#choice = options.choice
    this.#desk = options.desk
    this.#retired = new Retired(ctx)
    ctx.stop.addEventListener('abort', () => this.#bell.ring(), { once: true })
    this.#desk.open(() => this.#bell.ring())
  }

  /** Opens the first model: what somebody waits for, else what is chosen. Rejects when there is none. */
  async start(): Promise<void> {
    while (this.#current === undefined) {
      const change = this.#desk.take()
      if (change) await this.#fulfil(change)
      else await this.#startWithChoice()
    }
  }

  /** Settles on `stop`; rejects when the host that serves ends. */
  async serve(): Promise<void> {
    while (!this.#ctx.stop.aborted) {
      if (this.#ending) throw new ProgramEnded(this.#ending)
      const change = this.#desk.take()
      if (change) await this.#fulfil(change)
      else if (this.#found && this.#choice.following !== 'pinned') await this.#follow(this.#found)
      else if (this.#gpuIsDue) await this.#tryGpu()
      else await this.#bell.heard()
    }
  }

  /** Settles when nothing is asked any more. */
  async drained(): Promise<void> {
    await Promise.all([this.#current?.drained(), this.#retired.drained()])
  }

  /** Ends every process that is left. */
  async end(): Promise<void> {
    clearTimeout(this.#gpuTimer)
    await Promise.all([this.#current?.end(this.#ctx.kill), this.#retired.ended()])
  }

  /** Gives up, without an error, when somebody wishes for another model. */
  async #startWithChoice(): Promise<void> {
    try {
      this.#switchTo(await this.#open(this.#choice.startOrder()))
    } catch (error) {
      this.#ctx.stop.throwIfAborted()
      if (this.#desk.came.aborted) return
      if (error instanceof LoadRefused) this.#reject(error)
      throw error
    }
  }

  async #fulfil(change: Change): Promise<void> {
    try {
      if (change.wish.type === 'latest') await this.#followLatest()
      else if (change.wish.type === 'use') await this.#use(change.wish.path)
      else await this.#goBack()
      if (this.#current) change.grant(this.#current.served)
    } catch (error) {
      if (error instanceof LoadRefused) this.#reject(error)
      change.refuse(changeProblem(error, this.#ctx.stop))
    }
    this.#watch()
    this.#report()
  }

  async #use(path: string): Promise<void> {
    const choice = this.#choice.named(path)
    const next = await this.#open(this.#choice.orderOf(choice))
    this.#choice.pin(choice)
    this.#switchTo(next)
  }

  async #goBack(): Promise<void> {
    const { previous } = this.#choice
    if (previous === undefined) throw nothingBefore()
    const next = await this.#open(this.#choice.orderOf(previous))
    this.#choice.pin(previous)
    this.#switchTo(next)
  }

  async #followLatest(): Promise<void> {
    this.#choice.followLatest()
    if (this.#current === undefined) await this.#startWithChoice()
    else await this.#look(this.#asked())
    while (this.#found && !this.#asked().aborted) await this.#follow(this.#found)
    this.#asked().throwIfAborted()
  }

  /** Serves what the watch found; what cannot be served is not tried again until it changes. */
  async #follow(file: FileVersion): Promise<void> {
    this.#found = undefined
    const asked = this.#asked()
    const source = this.#choice.following === 'file' ? 'file' : 'latest'
    try {
      this.#switchTo(await this.#open(this.#choice.orderOf({ path: file.path, source }), asked))
    } catch (error) {
      if (asked.aborted) return
      this.#notServed(error, file)
      await this.#look(asked)
    }
  }

  /** Waits until the watch has looked once more; not for that of a host that is gone. */
  async #look(asked: AbortSignal): Promise<void> {
    if (this.#ending) return
    this.#looked = Promise.withResolvers<void>()
    this.#watch()
    await settledWithin(this.#looked.promise, lookMs, asked)
  }

  async #tryGpu(): Promise<void> {
    this.#gpuIsDue = false
    const served = this.#current?.served
    if (served === undefined) return
    const asked = this.#asked()
    try {
      const next = await this.#open(this.#choice.orderOf(choiceOf(served.model)), asked)
      if (next.served.model.device !== served.model.device) return this.#switchTo(next)
      this.#retired.add(next)
    } catch (err) {
      if (!asked.aborted) this.#ctx.log.warn({ err }, 'the GPU was tried again, in vain')
    }
    this.#tryGpuLater()
  }

  #open(order: LoadOrder, stop = this.#asked()): Promise<Generation> {
    return openModel(this.#ctx, this.#options, order, stop)
  }

  /** Aborts when what is being done now is no longer wanted. */
  #asked(): AbortSignal {
    return AbortSignal.any([this.#ctx.stop, this.#desk.came])
  }

  #switchTo(next: Generation): void {
    const before = this.#current
    this.#current = next
    this.#ending = undefined
    this.#found = undefined
    void next.ended.then((ending) => this.#current === next && this.#lose(ending))
    const { served } = next
    this.#choice.serves(served)
    this.#options.onServing({ type: 'up', served })
    if (before) this.#retired.add(before)
    logRejections(this.#choice.rejections.tried(served.model.rejected), this.#ctx)
    announceModel(served, this.#choice, this.#ctx)
    this.#watch()
    this.#report()
    next.onHosts(() => this.#current === next && this.#report())
    clearTimeout(this.#gpuTimer)
    if (served.model.gpuLater || this.#choice.gpu.warning(performance.now())) this.#tryGpuLater()
  }

  /** Another model may be under way, and take long: what is asked meanwhile is told the truth. */
  #lose(ending: Ending): void {
    this.#ending = ending
    if (ending.exitCode === gpuFailedExit) this.#choice.gpu.failed(performance.now())
    const reason = hostEnded(ending.reason)
    if (!this.#ctx.stop.aborted) this.#options.onServing({ type: 'down', reason })
    this.#looked.resolve()
    this.#bell.ring()
  }

  #tryGpuLater(): void {
    this.#gpuTimer = setTimeout(() => {
      this.#gpuIsDue = true
      this.#bell.ring()
    }, this.#choice.settings.gpuRetryMs)
  }

  #watch(): void {
    const watching = this.#current
    watching?.watch(this.#choice.watchOrder(), (seen) => {
      if (this.#current === watching) this.#see(seen)
    })
  }

  #see(seen: Seen): void {
    const news = this.#choice.seen(seen)
    this.#found = seen.newest
    if (!seen.settling) this.#looked.resolve()
    logRejections(news, this.#ctx)
    if (news.length > 0) this.#report()
    this.#bell.ring()
  }

  #notServed(error: unknown, { path, version }: FileVersion): void {
    const reason = error instanceof Error ? error.message : String(error)
    const suspect = this.#choice.suspects.list().find((one) => one.path === path && one.version === version)
    if (suspect) this.#choice.rejections.tried([suspect])
    else if (error instanceof LoadRefused && error.rejected.length > 0) this.#reject(error)
    else if (!(error instanceof ProgramEnded))
      this.#choice.rejections.tried([{ path, version, reason, passing: true }])
    this.#ctx.log.warn({ path, reason }, 'a newer model was not served')
    this.#report(`${path} was not served: ${reason}`)
  }

  #reject({ rejected }: LoadRefused): void {
    logRejections(this.#choice.rejections.tried(rejected), this.#ctx)
  }

  #report(problem?: string): void {
    if (this.#current) reportModel(this.#current, this.#choice, this.#ctx, problem)
  }
}
