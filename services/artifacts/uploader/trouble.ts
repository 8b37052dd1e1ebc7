import type { HubProblem } from './hub/hub-problem.ts'
import type { Journal } from './journal.ts'
import type { LocalVersion } from './local-version.ts'
import type { UploadEvent } from './protocol.ts'
import { type Reaction, reactionTo } from './reaction.ts'
import type { LastProblem } from './upload-report.ts'

/** What goes wrong, how often, and until when to leave the Hub alone because of it. */
export class Trouble {
  readonly #tell: (event: UploadEvent) => void
  readonly #journal: Journal
  readonly #failures = new Map<string, number>()
  #untilMs = Number.NEGATIVE_INFINITY
  #journalProblem: string | undefined
  last: LastProblem | undefined
  isOn = false
  /** What was being committed when something went wrong. */
  sending: readonly LocalVersion[] = []

  constructor(tell: (event: UploadEvent) => void, journal: Journal) {
    this.#tell = tell
    this.#journal = journal
  }

  /** What to do about a problem. One that waiting does not help is told; so is one that means to wait. */
  met(problem: HubProblem, flushUntilMs: number | undefined): Reaction {
    const { kind, message: text } = problem
    const failures = (this.#failures.get(kind) ?? 0) + 1
    this.#failures.set(kind, failures)
    const reaction = reactionTo(problem, failures, this.sending.length, Math.random())
    this.sending = []
    if (reaction.type !== 'wait') return reaction
    const ms =
      flushUntilMs === undefined
        ? reaction.ms
        : Math.max(problem.retryAfterMs ?? 0, Math.min(reaction.ms, 1000))
    const isNews = this.last?.text !== text || !this.isOn
    this.isOn = true
    this.#untilMs = performance.now() + ms
    this.last = { kind, text, atMs: Date.now() }
    if (isNews) this.#tell({ type: 'problem', kind, text, retryMs: Math.round(ms) })
    return { ...reaction, ms }
  }

  /** The Hub did what it was asked. */
  over(): void {
    if (this.isOn) this.#tell({ type: 'recovered' })
    this.isOn = false
    this.#failures.clear()
    this.sending = []
  }

  /** Somebody wants it tried now. */
  pardon(): void {
    this.#untilMs = Number.NEGATIVE_INFINITY
  }

  /** How long to leave the Hub alone. */
  restMs(nowMs: number): number {
    return Math.max(0, this.#untilMs - nowMs)
  }

  /** Says once when the journal is not kept, and once when it is again. */
  tellJournal(): void {
    const { problem } = this.#journal
    if ((problem === undefined) === (this.#journalProblem === undefined)) return
    this.#journalProblem = problem
    this.#tell(problem === undefined ? { type: 'journal-kept' } : { type: 'journal-lost', reason: problem })
  }
}
