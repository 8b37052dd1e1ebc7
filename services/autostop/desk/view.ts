import type { JsonObject } from '../../../supervisor/service.ts'
import type { StopProgress } from '../stop/stop-progress.ts'
import type { AutostopState } from '../watch/autostop-state.ts'
import type { AutostopStanding, Cost } from './desk.ts'

const longest = 500

/** The standing as JSON, for GET /autostop and for /status: times as epoch milliseconds, null for what is not there. Pure. */
export function autostopView({ off, state, hold, cost }: AutostopStanding): JsonObject {
  return {
    ...(state ? stateView(state) : nothingJudged(off)),
    hold: hold ? { until: hold.untilMs, why: hold.why } : null,
    cost: cost ? costView(cost) : null,
  }
}

function stateView(state: AutostopState): JsonObject {
  const { verdict, nowMs, wallMs, settings, lifetimeEndsMs, stop, lastStop, action, verb } = state
  const onClock = (ms: number | undefined) => (ms === undefined ? null : Math.round(wallMs + ms - nowMs))
  return {
    verdict: verdict.kind,
    why: short(verdict.because.join(' ')),
    stops_at: 'stopsAtMs' in verdict ? onClock(verdict.stopsAtMs) : wallMs,
    stops_because: verdict.cause ?? null,
    idle_for_seconds: seconds(state.idleForMs),
    idle_timeout_seconds: Number.isFinite(settings.idleTimeoutMs) ? seconds(settings.idleTimeoutMs) : null,
    signals: signalsView(state),
    lifetime: { ends_at: onClock(lifetimeEndsMs) },
    stop: stop ? stopView(stop) : null,
    last_stop: lastStop ? { ...lastStop, text: short(lastStop.text) } : null,
    problems: state.problems.map(short),
    ...{ action, verb, dry_run: action === 'none' },
  }
}

function signalsView({ readings, nowMs }: AutostopState): readonly JsonObject[] {
  return [...readings].map(([name, { state, lastActiveMs, evidence }]) => ({
    name,
    state,
    seconds_since: lastActiveMs === undefined ? null : Math.max(0, seconds(nowMs - lastActiveMs)),
    evidence: short(evidence),
  }))
}

function stopView({ because, step, text, attempts, problem, nextTryAt }: StopProgress): JsonObject {
  return {
    ...{ because, step, attempts, text: short(text) },
    problem: problem === undefined ? null : short(problem),
    next_try_at: nextTryAt ?? null,
  }
}

function costView(cost: Cost): JsonObject {
  return {
    spent_usd: cost.spentUsd ?? null,
    rate_usd_per_hour: cost.rateUsdPerHour ?? null,
    rate_source: cost.rateSource ?? null,
    budget_usd: cost.budgetUsd ?? null,
    budget_ends_at: cost.budgetEndsAt ?? null,
    projected_usd_24h: cost.projectedUsd24h ?? null,
    problem: cost.problem ?? null,
  }
}

const justStarted = 'podmate has just started; nothing has been judged yet.'

function nothingJudged(off: string | undefined): JsonObject {
  return {
    verdict: off === undefined ? 'running' : 'off',
    why: off === undefined ? justStarted : `Nothing stops this pod by itself: ${off}.`,
    ...{ stops_at: null, stops_because: null, idle_for_seconds: 0, idle_timeout_seconds: null },
    ...{ signals: [], lifetime: { ends_at: null }, stop: null, last_stop: null, problems: [] },
    ...{ action: null, verb: null, dry_run: false },
  }
}

const seconds = (ms: number) => Math.round(ms / 1000)
const short = (text: string) =>
  text.length > longest ? `${text.slice(0, longest - 1).toWellFormed()}…` : text
