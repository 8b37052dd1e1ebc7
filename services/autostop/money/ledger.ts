import { type Account, advance, type Moment, type Told, withRate } from './account.ts'
import { accountLine, lastAccount } from './account-text.ts'
import type { Boot } from './boot-clock.ts'
import { openAccount } from './open-account.ts'
import { type PodFacts, settleGaps } from './settle-gaps.ts'

/** Where the ledger is kept: StatePort fits. */
export interface LedgerStore {
  readText(name: string): Promise<string | undefined>
  writeText(name: string, text: string): Promise<void>
  append(name: string, text: string): Promise<void>
}

export const ledgerName = 'budget-ledger.jsonl'
export const ledgerDamage = `the ledger on the volume (${ledgerName}) is damaged: what was spent before this start is missing; take it off BUDGET_USD`
const writeEveryMs = 5000
/** About 150 KB; then the file begins anew with its last line. */
const linesAtMost = 500

/**
 * What the pod has cost, on the volume. A line is written every 5 s; what a kill loses of it is counted from the clock of
 * the machine at the next start. While the volume is away it goes on counting and writes when it can.
 */
export class Ledger {
  readonly #store: LedgerStore
  readonly #boot: Boot
  #account: Account
  /** What was learnt before the ledger could be read, and when. */
  #early: { readonly facts: PodFacts; readonly upMs: number } | undefined
  #opened = false
  #lines = 0
  #writtenUpMs = Number.NEGATIVE_INFINITY
  #writing: Promise<void> | undefined
  #failed = false
  #damaged = false
  #again = false

  constructor(store: LedgerStore, boot: Boot, at: Moment) {
    this.#store = store
    this.#boot = boot
    this.#account = openAccount(undefined, boot, at)
  }

  get account(): Account {
    return this.#account
  }

  /** Why it may be wrong, or may be lost; undefined: neither. */
  get problem(): string | undefined {
    if (!this.#opened)
      return 'the ledger on the volume cannot be read yet: what was spent before this start is missing'
    if (this.#damaged) return ledgerDamage
    return this.#failed
      ? 'the volume does not take the ledger: what is spent now is kept in memory only'
      : undefined
  }

  /** There was a ledger, and nothing in it could be understood. */
  get isDamaged(): boolean {
    return this.#damaged
  }

  /** False until the volume was read: only this start is counted then. */
  get isOpen(): boolean {
    return this.#opened
  }

  /** Reads what was spent before. Rejects when the volume does not answer; then it can be called again. */
  async open(now: () => Moment): Promise<void> {
    const text = await this.#store.readText(ledgerName)
    const last = text === undefined ? undefined : lastAccount(text)
    const { rate } = this.#account
    // Half of the very first line is what a kill leaves.
    this.#damaged = last === undefined && /[\n\0]/.test(text ?? '')
    if (last) this.#account = openAccount(last, this.#boot, now())
    if (last && rate !== undefined) this.#account = withRate(this.#account, rate)
    if (last && this.#early) this.#account = settleGaps(this.#account, this.#factsNow(this.#early))
    this.#lines = text?.split('\n').length ?? 0
    this.#opened = true
    this.#write()
  }

  /** Counts up to now, and writes a line when it is time. */
  tick(at: Moment): void {
    this.#account = advance(this.#account, at)
    if (at.upMs - this.#writtenUpMs >= writeEveryMs) this.#write()
  }

  setRate(rate: number): void {
    if (this.#account.rate === rate && this.#account.unpricedMs === 0) return
    this.#account = withRate(this.#account, rate)
  }

  /** What the platform told at `at`. */
  learn(facts: PodFacts, at: Moment): void {
    this.#account = settleGaps(advance(this.#account, at), facts)
    if (this.#opened) this.#write()
    else this.#early = { facts, upMs: at.upMs }
  }

  /** Written at once. */
  remember(told: Told): void {
    this.#account = { ...this.#account, told }
    this.#write()
  }

  /** The last line. Settles when the volume has it, or has not answered in its time. */
  async close(at: Moment): Promise<void> {
    this.#account = { ...advance(this.#account, at), closed: true }
    this.#write()
    while (this.#writing !== undefined) await this.#writing
  }

  #factsNow({ facts, upMs }: { readonly facts: PodFacts; readonly upMs: number }): PodFacts {
    const { ranMs } = facts
    return ranMs === undefined ? facts : { ...facts, ranMs: ranMs + this.#account.upMs - upMs }
  }

  #write(): void {
    this.#again = this.#writing !== undefined
    if (!this.#opened || this.#again) return
    const line = accountLine(this.#account)
    this.#writtenUpMs = this.#account.upMs
    // After a failure one whole text waits for the volume, in place of many lines.
    const isWhole = this.#failed || this.#lines >= linesAtMost
    const written = isWhole ? this.#store.writeText(ledgerName, line) : this.#store.append(ledgerName, line)
    this.#writing = written
      .then(
        () => {
          this.#failed = false
          this.#lines = isWhole ? 1 : this.#lines + 1
        },
        () => {
          this.#failed = true
        },
      )
      .finally(() => {
        this.#writing = undefined
        if (this.#again) this.#write()
      })
  }
}
