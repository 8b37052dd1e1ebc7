import type { AutostopAnswer, JournalAnswer } from './autostop-answer.ts'
import { clockTime, comingTime } from './clock-time.ts'
import { costLines } from './cost.ts'
import { earlierEnds, holdLine } from './hold.ts'
import { since } from './since.ts'
import { table } from './table.ts'

const shownEntries = 8

/** Why the pod runs, as lines of text: the loudest first. Pure. */
export function whyLines(
  answer: AutostopAnswer,
  journal: JournalAnswer['entries'],
  now: number,
): readonly string[] {
  const { cost, hold, problems, signals } = answer
  return [
    ...stopLines(answer, now),
    ...problems.map((text) => `PROBLEM: ${text}`),
    answer.why,
    ...(answer.verdict === 'off' || answer.stop !== null ? [] : [endLine(answer, now)]),
    ...(hold === null ? [] : [`${holdLine(answer, now)}.`, ...earlierEnds(answer)]),
    ...(signals.length === 0 ? [] : ['', ...signalTable(signals)]),
    ...(cost === null ? [] : ['', ...costLines(cost, now)]),
    ...lastLines(answer, journal, now),
  ]
}

/** A stop that is refused is the first thing to read. */
function stopLines({ stop }: AutostopAnswer, now: number): readonly string[] {
  if (stop === null) return []
  if (stop.problem === null) return [`It is stopping: ${stop.text}.`]
  const next = stop.next_try_at === null ? '' : `, next ${comingTime(stop.next_try_at, now)}`
  return [
    `IT CANNOT STOP, AND COSTS MONEY: ${stop.problem}`,
    `${stop.attempts} ${stop.attempts === 1 ? 'try' : 'tries'} so far${next}. Stop it by hand: https://console.runpod.io/pods`,
  ]
}

const causes = {
  idle: 'because nobody uses it',
  finished: 'because training has ended',
  lifetime: 'because MAX_LIFETIME_SECONDS are over',
  budget: 'because the budget is spent',
  asked: 'because somebody asked for it',
} as const

/** When it would stop, and why, in a sentence. Pure. */
export function endLine(
  { stops_at: at, stops_because: cause, dry_run: dryRun }: AutostopAnswer,
  now: number,
): string {
  if (at === null) return 'As things stand nothing stops it.'
  const would = dryRun ? 'would stop (AUTOSTOP_ACTION is none, so it will not)' : 'stops'
  const why = cause === null ? '' : ` ${causes[cause]}`
  return `It ${would} at ${comingTime(at, now)}${why}, if nothing changes.`
}

function signalTable(signals: AutostopAnswer['signals']): readonly string[] {
  const rows = signals.map(({ name, state, seconds_since: seconds, evidence }) => [
    name,
    state,
    seconds === null ? 'never' : `${since(0, seconds * 1000)} ago`,
    evidence,
  ])
  return table([['SIGNAL', 'STATE', 'LAST ACTIVE', 'EVIDENCE'], ...rows])
}

function lastLines({ last_stop: last }: AutostopAnswer, journal: JournalAnswer['entries'], now: number) {
  const shown = journal.slice(-shownEntries)
  return [
    ...(last === null
      ? []
      : ['', `The last time it stopped ${since(last.at, now)} ago (${clockTime(last.at)}): ${last.text}`]),
    ...(shown.length === 0 ? [] : ['', ...journalTable(shown)]),
  ]
}

/** Entries of the journal as rows. Pure. */
export function journalTable(entries: JournalAnswer['entries']): readonly string[] {
  return table([['WHEN', 'WHAT', ''], ...entries.map(({ at, event, text }) => [clockTime(at), event, text])])
}
