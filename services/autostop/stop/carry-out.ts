import { monotonicMs, pause } from '../../../supervisor/time.ts'
import { noMemory } from '../decision/memory.ts'
import { nextLookMs } from '../decision/next-look.ts'
import { type StopMoments, usedAgain } from '../decision/used-again.ts'
import type { StopCause, Verdict } from '../decision/verdict.ts'
import { lookForUse } from '../watch/look.ts'
import type { WatchParts } from '../watch/watch-parts.ts'
import { runSequence } from './sequence.ts'
import { type StopDesk, stopDesk } from './stop-desk.ts'
import type { StopOrder } from './stop-tools.ts'

type Readings = Parameters<typeof usedAgain>[0]
type Stopping = Extract<Verdict, { kind: 'stopping' }>

/** Does what was decided: stops the pod, or in a dry run only says that it would. Settles when it was called off, or at the end. */
export async function carryOut(verdict: Stopping, parts: WatchParts, over: AbortSignal): Promise<void> {
  const { options, book } = parts
  const word = book.asked
  const order: StopOrder = {
    cause: verdict.cause,
    verb: verbFor(verdict, parts),
    text: verdict.because.join(' '),
  }
  if (options.action === 'none') return tellDryRun(order, parts)
  const cancel = new AbortController()
  const desk = stopDesk(order, parts, (progress) => {
    book.showStop(progress)
    parts.show()
  })
  const watching = watchForUse(desk, order, parts, cancel, over)
  await runSequence(order, desk.tools, { cancel: cancel.signal, over })
  const reason = cancel.signal.reason
  cancel.abort()
  await watching
  book.showStop(undefined)
  if (over.aborted) return
  if (book.asked === word) book.asked = undefined // a newer word holds
  parts.ctx.ready()
  const text = `The pod goes on: it is in use again: ${reason}.`
  parts.journal.add('cancelled', text, { because: order.cause })
  parts.ctx.notice('info', text)
  options.tellTerminals(text)
}

function verbFor({ cause }: Stopping, { options }: WatchParts): StopOrder['verb'] {
  return (cause === 'finished' ? options.finish.finished()?.verb : undefined) ?? options.verb
}

/** Calls an idle stop off when somebody uses the pod again, and one that was asked for when somebody holds the pod. */
async function watchForUse(
  desk: StopDesk,
  { cause }: StopOrder,
  { options, book, show }: WatchParts,
  cancel: AbortController,
  over: AbortSignal,
): Promise<void> {
  const ends = AbortSignal.any([over, cancel.signal])
  while (!ends.aborted) {
    const { bell } = book
    const readings = await lookForUse(options, book, ends)
    if (ends.aborted) return
    show()
    const use = whatKeepsIt(cause, book.asked !== undefined, readings, desk.moments())
    if (use !== undefined) return cancel.abort(use)
    const verdict = book.state?.verdict
    const waitMs = verdict
      ? nextLookMs(verdict, monotonicMs(), options.settings)
      : options.settings.checkEveryMs
    await pause(waitMs, AbortSignal.any([ends, bell]))
  }
}

/** In a sentence; undefined: nothing. A limit holds all the same, and who asked for a stop may well be using the pod. */
function whatKeepsIt(
  cause: StopCause,
  isAsked: boolean,
  readings: Readings,
  moments: StopMoments,
): string | undefined {
  if (cause === 'lifetime' || cause === 'budget') return undefined
  return usedAgain(readings, cause === 'asked' || isAsked ? { ...moments, hasCalled: true } : moments)
}

/** Says it once: an idle clock starts over, and what stays so is not told again. */
function tellDryRun({ cause, text }: StopOrder, { ctx, journal, book }: WatchParts): void {
  const told = `Dry run (AUTOSTOP_ACTION is none): the pod would have been stopped now. ${text}`
  ctx.notice('warn', told)
  journal.add('dry-run', told, { because: cause })
  if (cause === 'asked') book.asked = undefined
  else if (cause !== 'idle') book.told.add(cause)
  book.memory = noMemory
}
