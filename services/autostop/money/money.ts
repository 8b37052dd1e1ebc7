import { aborted, pause } from '../../../supervisor/time.ts'
import type { Cost } from '../desk/desk.ts'
import type { MoneyPort, Notice } from '../options.ts'
import type { Moment } from './account.ts'
import { type AskPlatform, type AskTimings, askPlatform } from './ask-platform.ts'
import { type BootClock, machineClock } from './boot-clock.ts'
import { budgetNotice, jobNotice, thresholdNotice } from './budget-notices.ts'
import { costOf } from './cost.ts'
import { type JobProgress, spentAtJobEnd } from './job-projection.ts'
import { Ledger, type LedgerStore, ledgerDamage } from './ledger.ts'
import { isPrice, type Rate, rateFrom, rateProblem } from './rate.ts'
import type { PodFacts } from './settle-gaps.ts'
import { crossed } from './thresholds.ts'

export interface MoneyOptions {
  readonly store: LedgerStore
  /** POD_COST_PER_HR. */
  readonly costPerHour: number | undefined
  /** BUDGET_USD. */
  readonly budgetUsd: number | undefined
  /** Absent: there is no platform. */
  readonly askPlatform?: AskPlatform | undefined
  /** How far the training is, where that is known. */
  readonly jobProgress?: (() => JobProgress | undefined) | undefined
  readonly clock?: BootClock
  /** Epoch milliseconds. */
  readonly wallMs?: () => number
  readonly timings?: MoneyTimings
}

export interface MoneyTimings extends AskTimings {
  /** Between two attempts to read the ledger. */
  readonly openAgainMs: number
}

const usualTimings: MoneyTimings = {
  ...{ openAgainMs: 5000, askAgainMs: 30_000 },
  ...{ askLaterMs: 900_000, askLimitMs: 60_000 },
}

/** Money, and the time that it was paid for. */
export interface Money extends MoneyPort {
  /** How long this run of the pod has lasted, for MAX_LIFETIME_SECONDS: over restarts, until the pod is stopped. */
  lifetimeMs(): number
  /** Monotonic: when this start of the container began. A podmate that was killed and started again is no boot. */
  bootMs(nowMs: number): number
}

/** Keeps count of what the pod costs: `run` reads and asks, `tick` counts. */
export function createMoney(options: MoneyOptions): Money {
  const { budgetUsd, costPerHour, clock = machineClock(), timings = usualTimings } = options
  const now = (wallMs = (options.wallMs ?? Date.now)()): Moment => ({ upMs: clock.upMs(), wallMs })
  const ledger = new Ledger(options.store, clock.boot, now())
  const state: State = { platformRate: undefined, asked: !options.askPlatform, told: new Set() }
  const rate = () => rateFrom(costPerHour, state.platformRate, ledger.account.rate)
  const price = () => {
    const known = rate()
    if (known) ledger.setRate(known.usdPerHour)
  }
  const learn = (facts: PodFacts | undefined) => {
    state.asked = true
    if (facts) ledger.learn(facts, now())
    if (isPrice(facts?.costPerHour)) state.platformRate = facts.costPerHour
  }
  price()
  return {
    async run(stop) {
      const opening = openLedger(ledger, now, timings, stop)
      const asking = options.askPlatform && askPlatform(options.askPlatform, learn, timings, stop)
      await Promise.all([opening, asking, aborted(stop)])
      if (ledger.isOpen) await ledger.close(now())
    },
    tick(nowMs, wallMs) {
      ledger.tick(now(wallMs))
      price()
      const known = rate()
      const notices = known
        ? budgetNotices(options, ledger, known, state, nowMs)
        : missingRate(options, ledger, state)
      return [...damage(options, ledger, state), ...notices]
    },
    spent() {
      const known = rate()
      return known && { usd: ledger.account.usd, rate: known.usdPerHour }
    },
    cost: (wallMs): Cost => {
      const known = rate()
      const awaited = !known && !state.asked ? undefined : rateProblem(known)
      const problems = [awaited, ledger.problem].filter((problem) => problem !== undefined)
      return costOf({ usd: ledger.account.usd, rate: known, budgetUsd, wallMs, problems })
    },
    lifetimeMs: () => ledger.account.runMs,
    bootMs: (nowMs) => nowMs - (clock.upMs() - ledger.account.begunUpMs),
  }
}

interface State {
  platformRate: number | undefined
  /** The platform has answered, or failed to, at least once; or there is none. */
  asked: boolean
  /** What this podmate has told already. */
  readonly told: Set<string>
}

async function openLedger(
  ledger: Ledger,
  now: () => Moment,
  { openAgainMs }: MoneyTimings,
  stop: AbortSignal,
): Promise<void> {
  while (!ledger.isOpen && !stop.aborted) {
    await ledger.open(now).catch(() => pause(openAgainMs, stop)) // `cost` says so meanwhile
  }
}

/** Thresholds are told when the ledger was read: one that was told before a restart is not told again. */
function budgetNotices(
  { budgetUsd, jobProgress }: MoneyOptions,
  ledger: Ledger,
  rate: Rate,
  state: State,
  nowMs: number,
): readonly Notice[] {
  if (budgetUsd === undefined || !ledger.isOpen) return []
  const { usd, told } = ledger.account
  const percents = crossed(usd, budgetUsd, told)
  const highest = percents.at(-1)
  if (highest !== undefined) ledger.remember({ budgetUsd, percent: highest })
  const notices = percents.map((percent) => thresholdNotice(percent, usd, budgetUsd, rate))
  const progress = jobProgress?.()
  const endUsd = progress && spentAtJobEnd(progress, { usd, rate: rate.usdPerHour }, nowMs)
  if (!progress || endUsd === undefined || endUsd <= budgetUsd) return notices
  return [...notices, ...once(state, progress.jobId, jobNotice(progress.jobId, endUsd, budgetUsd))]
}

function missingRate({ budgetUsd }: MoneyOptions, ledger: Ledger, state: State): readonly Notice[] {
  const problem = rateProblem(undefined)
  if (budgetUsd === undefined || !state.asked || !ledger.isOpen || !problem) return []
  return once(state, 'no rate', budgetNotice(problem))
}

function damage({ budgetUsd }: MoneyOptions, { isDamaged }: Ledger, state: State): readonly Notice[] {
  return budgetUsd === undefined || !isDamaged ? [] : once(state, 'damage', budgetNotice(ledgerDamage))
}

function once({ told }: State, key: string, notice: Notice): readonly Notice[] {
  if (told.has(key)) return []
  told.add(key)
  return [notice]
}
