import { timingSafeEqual } from 'node:crypto'
import type { Job, SavedJob } from './job.ts'
import { notYours } from './job-problem.ts'
import type { JobStore } from './job-store.ts'
import { type LiveJob, liveJob } from './live-job.ts'

/** The jobs that this run of podmate has had to do with, and what of them is not on disk yet. */
export class JobBook {
  readonly #store: JobStore
  readonly #live = new Map<string, LiveJob>()
  readonly #unsaved = new Map<string, SavedJob>()
  readonly #listeners = new Map<string, Set<() => void>>()

  constructor(store: JobStore) {
    this.#store = store
  }

  get all(): Iterable<LiveJob> {
    return this.#live.values()
  }

  get unsaved(): number {
    return this.#unsaved.size
  }

  /** Rejects while the volume cannot be used and the job is not known yet. */
  async find(id: string): Promise<LiveJob | undefined> {
    const known = this.#live.get(id)
    if (known) return known
    const job = await this.#store.find(id)
    return job && this.meet(job)
  }

  /** The job, for whoever shows its token; rejects with 401. */
  async demand(id: string, token: string | undefined): Promise<LiveJob> {
    const found = token === undefined ? undefined : await this.find(id)
    if (!found || token === undefined || !isSame(found.job.token, token)) throw notYours()
    return found
  }

  /** Takes a job in as it is on disk. */
  meet(job: Job): LiveJob {
    const live = this.#live.get(job.id) ?? liveJob(job)
    this.#live.set(job.id, live)
    return live
  }

  /** Reads a job again that the store itself has changed. */
  async refresh(id: string): Promise<void> {
    const live = this.#live.get(id)
    const job = live && !this.#unsaved.has(id) ? await this.#store.find(id) : undefined
    if (!live || !job) return
    live.job = job
    this.tell(id)
  }

  /** Changes a job. It is written at once, or when the volume is back. */
  change(live: LiveJob, job: Job): void {
    live.job = job
    this.#unsaved.set(job.id, job)
    this.save(job.id).catch(() => {}) // `saveAll` tries again
    this.tell(job.id)
  }

  /** Settles when the job is on disk as it is now. */
  async save(id: string): Promise<void> {
    const job = this.#unsaved.get(id)
    if (!job) return
    await this.#store.save(job)
    if (this.#unsaved.get(id) === job) this.#unsaved.delete(id)
  }

  /** Tries to write whatever is not on disk; rejects when it cannot. */
  async saveAll(): Promise<void> {
    for (const id of this.#unsaved.keys()) await this.save(id)
  }

  /** Writes all jobs that are known again: the store has lost them. */
  saveAgain(): void {
    for (const live of this.#live.values()) this.#unsaved.set(live.job.id, live.job)
  }

  /** Calls `listener` whenever something of the job is new, until `signal` aborts. */
  listen(id: string, listener: () => void, signal: AbortSignal): void {
    const listeners = this.#listeners.get(id) ?? new Set()
    this.#listeners.set(id, listeners.add(listener))
    signal.addEventListener(
      'abort',
      () => {
        listeners.delete(listener)
        if (listeners.size === 0) this.#listeners.delete(id)
      },
      { once: true },
    )
  }

  tell(id: string): void {
    for (const listener of this.#listeners.get(id) ?? []) listener()
  }
}

/** In a time that tells nothing but the length, which is no secret. */
function isSame(expected: string, given: string): boolean {
  const [known, shown] = [Buffer.from(expected), Buffer.from(given)]
  return known.length === shown.length && timingSafeEqual(known, shown)
}
