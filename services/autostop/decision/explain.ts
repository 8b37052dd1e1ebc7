import { durationText } from '../duration-text.ts'
import type { AutostopSettings } from '../settings.ts'
import type { DecisionInput } from './decision-input.ts'
import type { Due } from './dues.ts'
import { clockStartMs } from './idle-clock.ts'
import type { Memory } from './memory.ts'
import { activeNames, type Holding, holding } from './unknown-signals.ts'

/** The state of affairs in sentences: what comes first, who uses the pod or since when nobody does, what is not known. Pure. */
export function explain(
  memory: Memory,
  input: DecisionInput,
  settings: AutostopSettings,
  dues: readonly Due[],
): readonly string[] {
  const limits = dues.filter(({ cause }) => cause !== 'idle')
  const limitTexts = limits.map((due) => limitText(due, input, settings))
  const active = activeNames(input)
  if (active.length > 0)
    return [...urgent(limits, limitTexts, settings, input), ...activeTexts(input), ...finishedTexts(input)]
  const held = holding(memory.heldMs, input, settings).map(heldText)
  const idle = idleText(memory, input, settings)
  return dues[0]?.cause === 'idle' ? [idle, ...held, ...limitTexts] : [...limitTexts, idle, ...held]
}

/** While the pod is in use only a limit that comes soon, or is over already, is worth the first place. */
function urgent(
  limits: readonly Due[],
  texts: readonly string[],
  { countdownMs }: AutostopSettings,
  { nowMs }: DecisionInput,
): readonly string[] {
  return texts.filter((_, index) => {
    const due = limits[index]
    return due && (due.waitsForGrace || due.atMs - nowMs <= countdownMs)
  })
}

function activeTexts({ readings }: DecisionInput): readonly string[] {
  const active = [...readings].filter(([, { state }]) => state === 'active')
  return active.length === 0
    ? []
    : [`In use: ${active.map(([name, { evidence }]) => `${name} (${evidence})`).join(', ')}.`]
}

function finishedTexts({ finished }: DecisionInput): readonly string[] {
  return finished ? [`${finished.text} The pod is stopped once nobody uses it.`] : []
}

function idleText(
  memory: Memory,
  input: DecisionInput,
  { idleTimeoutMs, bootGraceMs }: AutostopSettings,
): string {
  if (!memory.started) {
    const leftMs = clockStartMs(input, { bootGraceMs }) - input.nowMs
    return `Nothing is ready yet: the idle clock starts with the first service that is, or in ${durationText(leftMs)}.`
  }
  const idleMs = input.nowMs - memory.idleSinceMs
  const end = Number.isFinite(idleTimeoutMs)
    ? `it is stopped after ${durationText(idleTimeoutMs)}`
    : 'idleness does not stop it'
  return `Nobody has used the pod for ${durationText(idleMs)}; ${end}.`
}

function heldText({ name, evidence, leftMs }: Holding): string {
  return `Not known: ${name} (${evidence}). This holds the idle clock for at most ${durationText(leftMs)} more.`
}

function limitText(due: Due, input: DecisionInput, settings: AutostopSettings): string {
  const leftMs = due.atMs - input.nowMs
  const end = leftMs > 0 ? `in ${durationText(leftMs)}` : 'now'
  if (due.waitsForGrace) {
    const why = leftMs > 0 ? ', so that its owner can get in first' : ''
    return `${stateAtBoot(due, input, settings)} It is stopped ${end}${why}.`
  }
  return `${limitState(due, input, settings)} The pod is stopped ${end}.`
}

function stateAtBoot({ cause }: Due, { finished }: DecisionInput, settings: AutostopSettings): string {
  if (cause === 'finished') return `${finished?.text ?? ''} It was so when the pod booted.`
  if (cause === 'budget')
    return `The pod booted with its budget (BUDGET_USD=${settings.budgetUsd}) used up or nearly so.`
  return `The pod booted with its lifetime (MAX_LIFETIME_SECONDS=${(settings.maxLifetimeMs ?? 0) / 1000}) used up or nearly so.`
}

function limitState(
  { cause }: Due,
  { spent, finished, asked, lifetimeMs }: DecisionInput,
  settings: AutostopSettings,
) {
  if (cause === 'asked') return asked?.text ?? ''
  if (cause === 'finished') return finished?.text ?? ''
  if (cause === 'budget')
    return `$${(spent?.usd ?? 0).toFixed(2)} of the budget of $${settings.budgetUsd?.toFixed(2)} are spent.`
  return `The pod has run for ${durationText(lifetimeMs)} of its ${durationText(settings.maxLifetimeMs ?? 0)} (MAX_LIFETIME_SECONDS).`
}
