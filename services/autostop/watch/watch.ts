import { monotonicMs, pause, settledWithin } from '../../../supervisor/time.ts'
import { nextLookMs } from '../decision/next-look.ts'
import type { Verdict } from '../decision/verdict.ts'
import { lastStopOf } from '../journal.ts'
import { carryOut } from '../stop/carry-out.ts'
import { type Announcement, announcement } from './announcements.ts'
import type { AutostopState } from './autostop-state.ts'
import { look } from './look.ts'
import type { WatchBook } from './watch-book.ts'
import type { WatchParts } from './watch-parts.ts'

const tickMs = 1000
const holdMs = 3000
const lastWordsMs = 300
const journalMs = 3000

/** Looks, decides and does what was decided, until the service or the pod ends. */
export async function watch(parts: WatchParts): Promise<void> {
  const { ctx, options } = parts
  const failed = new AbortController()
  const over = AbortSignal.any([ctx.stop, ctx.podStopping, failed.signal])
  ctx.ready()
  const held = options.hold.open(over)
  const money = [options.money.run(over), countMoney(parts, over)]
  try {
    await begin(parts, over)
    // A pod that is held must not be counted down because its volume is slow.
    await settledWithin(held, holdMs, over)
    await decideOften(parts, over)
  } finally {
    failed.abort() // else the next run would count the same seconds
  }
  // The last line of the ledger is worth a moment, and no more.
  await settledWithin(Promise.all([held, ...money]), lastWordsMs, ctx.kill)
}

async function decideOften(parts: WatchParts, over: AbortSignal): Promise<void> {
  const { options, book } = parts
  let before: Verdict | undefined
  while (!over.aborted) {
    const { bell } = book // before the look: what happens during it may ask for another one
    const { verdict } = await lookAndTell(parts, before, over)
    before = verdict
    if (over.aborted) return
    if (verdict.kind === 'stopping') {
      await carryOut(verdict, parts, over)
      before = undefined
    } else {
      const waitMs = nextLookMs(verdict, monotonicMs(), options.settings)
      await pause(waitMs, AbortSignal.any([over, bell]))
    }
  }
}

/** Finds out why the pod stopped the last time, and says what is wrong from the start; once for each podmate. */
async function begin({ ctx, options, journal, book }: WatchParts, over: AbortSignal): Promise<void> {
  if (book.hasBegun) return
  book.hasBegun = true
  const entries = journal.entries().catch(() => []) // the volume is away; its service says so
  if (await settledWithin(entries, journalMs, over)) book.lastStop = lastStopOf(await entries)
  if (over.aborted) return
  journal.add('started', 'podmate has started')
  for (const problem of options.problems) ctx.notice('warn', problem)
}

async function lookAndTell(
  { ctx, options, journal, book, show }: WatchParts,
  before: Verdict | undefined,
  over: AbortSignal,
): Promise<AutostopState> {
  const state = await look(options, book, over)
  if (over.aborted) return state
  const { nowMs, verdict } = state
  const graceEndsMs = options.money.bootMs(nowMs) + options.settings.bootGraceMs
  const news = announcement(before, verdict, { nowMs, graceEndsMs })
  if (news && !isOld(news, book)) {
    const isDry = options.action === 'none'
    const text = isDry
      ? `In this dry run (AUTOSTOP_ACTION is none) nothing is done about it: ${news.text}`
      : news.text
    ctx.notice(news.level, text)
    journal.add(news.event, text, news.because ? { because: news.because } : {})
    if (!isDry) options.tellTerminals(text)
  }
  show()
  return state
}

/** That the pod has booted late is told once. */
function isOld({ event, because }: Announcement, { lateCauses }: WatchBook): boolean {
  if (event !== 'late-boot' || because === undefined) return false
  const isKnown = lateCauses.has(because)
  lateCauses.add(because)
  return isKnown
}

async function countMoney({ ctx, options }: WatchParts, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    for (const { level, text } of options.money.tick(monotonicMs(), Date.now())) ctx.notice(level, text)
    await pause(tickMs, over)
  }
}
