import { pause } from '../../../supervisor/time.ts'
import { Deletions } from './deletions.ts'
import { type FlushOrder, flushOrder } from './flush-order.ts'
import type { HubRepo } from './hub/hub-repo.ts'
import { HubSide } from './hub-side.ts'
import type { Journal } from './journal.ts'
import { leftBehind } from './left-behind.ts'
import { LocalSide } from './local-side.ts'
import type { LocalVersion } from './local-version.ts'
import { isStill, lookAgain } from './open-file.ts'
import type { UploadOptions } from './options.ts'
import { changeWaitMs, commitWaitMs, gapMs } from './pace.ts'
import { type Batch, limitsUntil, plan, planLimits } from './plan.ts'
import type { FlushOutcome, UploadEvent } from './protocol.ts'
import { asProblem } from './reaction.ts'
import type { Patience } from './settling.ts'
import type { Transfers } from './transfers.ts'
import { Trouble } from './trouble.ts'
import type { UploadActivity } from './upload-report.ts'

/** How long a file must have been as it is in a flush. */
const flushPatience: Patience = { quietMs: 200, patienceMs: 10_000 }
/** What has been as it is for so long goes up as it is, also when its format says that it is not complete. */
const patienceMs = 120_000
const flushPatienceMs = 1000
/** How soon it is tried again to keep the journal. */
const journalRetryMs = 5000
/** How often a flush looks whether something came to its end. */
const flushLookMs = 300
/** A flush waits for a file that changed so recently: it may be whole in a moment, and is taken as it is after 10 s. */
const stillWrittenMs = flushPatience.patienceMs + 2000
/** How much is read before it is looked what can be sent. */
const hashBytes = 256e6
const flushHashBytes = 64e6

/** What an uploader works with. */
export interface UploaderWorld {
  readonly options: UploadOptions
  readonly hub: HubRepo
  readonly journal: Journal
  readonly transfers: Transfers
  /** Values that must not go up wherever they stand. */
  readonly ownSecrets: readonly string[]
  tell(event: UploadEvent): void
}

/** Keeps the Hub equal to some folders. */
export class Uploader {
  readonly world: UploaderWorld
  readonly local: LocalSide
  readonly hub: HubSide
  readonly trouble: Trouble
  readonly deletions: Deletions
  activity: UploadActivity = 'starting'
  /** How often it has looked at everything it knows. */
  rounds = 0
  /** Monotonic; when it goes on by itself. */
  nextTryMs: number | undefined
  #wake = new AbortController()
  /** Aborted when somebody waits for it. */
  #urgent = new AbortController()
  /** Aborted to take back what is being sent. */
  #step = new AbortController()
  #flush: FlushOrder | undefined
  /** The flush that this round is made for: one that came since has not been looked for yet. */
  #served: FlushOrder | undefined
  #firstChangeMs: number | undefined
  #mostFiles = planLimits.files

  constructor(world: UploaderWorld) {
    this.world = world
    const { options, journal } = world
    this.local = new LocalSide({ ...world, onNews: () => this.#wake.abort() })
    this.hub = new HubSide({ ...world, commitMessage: options.commitMessage }, this.local.book)
    this.deletions = new Deletions(world)
    this.trouble = new Trouble(world.tell, journal)
  }

  /** Works until `stop` aborts; what is being sent then is taken back. Never rejects. */
  async run(stop: AbortSignal): Promise<void> {
    await this.world.journal.load()
    while (!stop.aborted) {
      this.#wake = new AbortController()
      this.#urgent = new AbortController()
      this.#step = new AbortController()
      const startedAt = performance.now()
      const roundMs = await this.#round(AbortSignal.any([stop, this.#step.signal]))
      const waitMs = this.world.journal.isBehind ? Math.min(roundMs, journalRetryMs) : roundMs
      const news = AbortSignal.any([stop, this.#wake.signal])
      const atLeastMs = Math.min(waitMs, gapMs(performance.now() - startedAt))
      await pause(atLeastMs, AbortSignal.any([stop, this.#urgent.signal]))
      await pause(waitMs - atLeastMs, news)
    }
    this.local.close()
    this.#flush?.end(this.#outcome('the uploader was stopped'))
  }

  /**
   * Sends all that can be sent, pace waived, within `deadlineMs`; a later call takes the place of an earlier one. Without
   * a deadline (Infinity) in as few commits as there can be.
   */
  async flush(deadlineMs: number): Promise<FlushOutcome> {
    this.#flush?.end(this.#outcome('another flush took its place'))
    this.#flush = flushOrder(performance.now() + deadlineMs, () => {
      this.#step.abort(new Error('the time for the flush is up'))
      this.#served = this.#flush
      this.#endFlush('the time was up')
    })
    if (this.activity === 'uploading' && this.#othersWait())
      this.#step.abort(new Error('smaller files go first'))
    this.trouble.pardon()
    this.#urgent.abort()
    this.#wake.abort()
    return await this.#flush.outcome
  }

  /** Looks once at everything, and does the next thing. Returns how long to wait before the next round. */
  async #round(signal: AbortSignal): Promise<number> {
    this.#served = this.#flush
    try {
      return await this.#work(this.#served, signal)
    } catch (error) {
      if (signal.aborted) return 0
      return this.#recover(error)
    } finally {
      this.rounds += 1
      this.world.transfers.clear()
      this.trouble.tellJournal()
    }
  }

  async #work(flush: FlushOrder | undefined, signal: AbortSignal): Promise<number> {
    const { local, hub } = this
    const { settleMs } = this.world.options
    const patience = flush ? flushPatience : { quietMs: settleMs, patienceMs }
    await local.look(performance.now(), patience, flush?.takeFirst())
    if (local.book.unhashed.length > 0) this.activity = 'hashing'
    const more = await local.hash(hashBytesFor(flush), signal)
    await this.world.journal.keep()
    const restMs = this.trouble.restMs(performance.now())
    if (restMs > 0) return this.#rest(restMs, patience)
    const remote = await hub.know(signal)
    const { scan } = local.book
    const gone = scan ? this.deletions.due(scan, performance.now()) : []
    const limits = { ...limitsUntil(flush?.untilMs), files: this.#mostFiles }
    const [batch] = plan(hub.versions(remote), remote, { gone, limits })
    await this.world.journal.keep()
    if (batch === undefined) return this.#nothingToSend(more, patience)
    const waitMs = flush ? this.#smallerInMs(flush, batch) : this.#waitMs(more)
    if (waitMs > 0) return more ? 0 : this.#rest(waitMs, patience)
    await this.#send(batch, signal)
    return 0
  }

  #nothingToSend(more: boolean, patience: Patience): number {
    this.trouble.over()
    if (more) return 0
    const { settling } = this.local.book
    const nowMs = performance.now()
    this.#firstChangeMs = settling.size > 0 ? this.#firstChangeMs : undefined
    this.activity = settling.size > 0 ? 'waiting' : 'clean'
    if (!settling.isActive(nowMs, stillWrittenMs)) this.#endFlush('not complete, or still changing')
    this.nextTryMs = undefined
    const nextMs = this.local.nextInMs(nowMs, patience)
    return this.#flush ? Math.min(nextMs, flushLookMs) : nextMs
  }

  /** A flush does not begin with a large file while a small one may be settled in a moment. */
  #smallerInMs({ startedMs }: FlushOrder, { uploads }: Batch<LocalVersion>): number {
    const nowMs = performance.now()
    if (uploads.length === 0 || nowMs - startedMs > flushPatienceMs) return 0
    return this.local.book.settling.nextInMs(nowMs, flushPatience) ?? 0
  }

  /** How long the next commit has to wait; while files are still being read, until they are, but not for ever. */
  #waitMs(more: boolean): number {
    const { debounceMs, maxWaitMs, commitsPerHour } = this.world.options
    const nowMs = performance.now()
    this.local.changedAtMs ??= nowMs
    const lastMs = more ? nowMs : this.local.changedAtMs
    this.#firstChangeMs ??= lastMs
    const changeMs = changeWaitMs({ firstMs: this.#firstChangeMs, lastMs, debounceMs, maxWaitMs }, nowMs)
    const wallMs = Date.now()
    return Math.max(changeMs, commitWaitMs(this.world.journal.commitTimes(wallMs), wallMs, commitsPerHour))
  }

  #rest(waitMs: number, patience: Patience): number {
    const nowMs = performance.now()
    if (this.trouble.restMs(nowMs) === 0) this.activity = 'waiting'
    this.nextTryMs = nowMs + waitMs
    return Math.min(waitMs, this.local.nextInMs(nowMs, patience))
  }

  async #send(batch: Batch<LocalVersion>, signal: AbortSignal): Promise<void> {
    this.activity = 'uploading'
    this.nextTryMs = undefined
    this.trouble.sending = batch.files
    await this.hub.send(batch, signal)
    this.trouble.over()
    this.#mostFiles = Math.min(planLimits.files, this.#mostFiles * 2)
    this.#firstChangeMs = undefined
  }

  #recover(error: unknown): number {
    const problem = asProblem(error)
    const files = this.trouble.sending
    const reaction = this.trouble.met(problem, this.#served?.untilMs)
    if (reaction.type === 'look-again') {
      const moved = files.filter((file) => file.path === reaction.path || !isStill(file))
      for (const file of moved) this.local.book.moved(file, lookAgain(file.path), performance.now())
      return moved.length > 0 ? 0 : gapMs(0)
    }
    if (reaction.type === 'list-again') {
      this.hub.forget({ repo: false })
      return 0
    }
    if (reaction.type === 'fewer-files') {
      this.hub.doubt(files)
      this.#mostFiles = Math.max(1, Math.floor(files.length / 2))
      const [only] = files
      // Bytes that were there once may have gone since: they are sent again first.
      if (only !== undefined && files.length === 1 && only.stored !== 'lfs')
        this.local.book.refuse(only, problem.message)
      return 0
    }
    this.activity = reaction.forUser ? 'stopped' : 'backing-off'
    if (reaction.forUser || this.hub.remote === undefined) this.hub.forget({ repo: true })
    const { untilMs = Number.POSITIVE_INFINITY } = this.#served ?? {}
    if (reaction.forUser || performance.now() + reaction.ms > untilMs) this.#endFlush(problem.message)
    return this.#rest(reaction.ms, { quietMs: this.world.options.settleMs, patienceMs })
  }

  #othersWait(): boolean {
    const { settling, unhashed } = this.local.book
    return this.local.hasNews || settling.size + unhashed.length > 0 || this.trouble.sending.length > 1
  }

  #endFlush(reason: string): void {
    if (this.#flush !== this.#served) return
    this.#flush?.end(this.#outcome(reason))
    this.#flush = undefined
  }

  #outcome(reason: string): FlushOutcome {
    return leftBehind(this.local.book, this.hub.remote, reason)
  }
}

function hashBytesFor(flush: FlushOrder | undefined): number {
  if (flush === undefined) return hashBytes
  return Number.isFinite(flush.untilMs) ? flushHashBytes : Number.POSITIVE_INFINITY
}
