import { aborted, monotonicMs, pause } from '../../../supervisor/time.ts'
import { durationText } from '../duration-text.ts'
import type { AutostopVerb } from '../watch/autostop-state.ts'
import { retryDelayMs } from './retry-delay.ts'
import type { StopAnswer, StopOrder, StopTools } from './stop-tools.ts'

export interface RetryHooks {
  /** Whether the trainer was ended for the stop and has not begun again. */
  trainerRests(): boolean
  /** Called once, when there was no stop for `trainAgainMs`. */
  refusedLong(): Promise<void>
  /** Called before every call but the first: what may have changed meanwhile decides about the verb. */
  verbNow(ends: AbortSignal): Promise<AutostopVerb>
}

/**
 * Calls for the stop until the container ends: after a call that failed, and after one that was taken and did nothing,
 * again and again with growing pauses. Settles only when `ends` aborts.
 */
export async function callUntilStopped(
  order: StopOrder,
  tools: StopTools,
  ends: AbortSignal,
  hooks: RetryHooks,
): Promise<void> {
  const { timings, random } = tools
  const tell = complaints(tools, hooks)
  const wait = refusal(timings.trainAgainMs, hooks.refusedLong)
  for (let failures = 1; !ends.aborted; failures += 1) {
    const verb = failures === 1 ? order.verb : await hooks.verbNow(ends)
    const answer = await attempt({ ...order, verb }, tools, failures, ends)
    if (ends.aborted || answer.stopped) return
    const delayMs = retryDelayMs(failures, timings.retry, random(), answer.retryAfterMs)
    tell(answer.problem, delayMs)
    const news = { problem: answer.problem, nextTryAt: Math.round(Date.now() + delayMs) }
    tools.step('retry', 'the stop failed and is tried again', news)
    await wait(delayMs, ends)
  }
}

/** One call and, when it was taken, the look whether it was more than words. `stopped`: only when `ends` aborts. */
async function attempt(
  order: StopOrder,
  tools: StopTools,
  number: number,
  ends: AbortSignal,
): Promise<StopAnswer> {
  const { step, stopper } = tools
  if (stopper.impossible !== undefined) {
    step('stop', 'cannot call for the stop', { problem: stopper.impossible })
    return { stopped: false, problem: stopper.impossible }
  }
  step('stop', `asks RunPod to ${order.verb} the pod`, { attempts: number })
  const answer = await stopper.stop(order.verb, ends)
  if (!answer.stopped) return answer
  tools.keepOutcome('stopped', `RunPod took the ${order.verb} (${answer.how}). ${order.text}`)
  step('confirm', `RunPod took it (${answer.how}); waits for the end of the container`, {
    problem: undefined,
  })
  return confirm(tools, ends)
}

/** Comes back when the pod still runs although the stop was taken. */
async function confirm({ stopper, step, timings }: StopTools, ends: AbortSignal): Promise<StopAnswer> {
  const beganMs = monotonicMs()
  let limitMs = timings.confirmMs
  while (!ends.aborted) {
    await pause(timings.confirmEveryMs, ends)
    if (ends.aborted) break
    const standing = await stopper.standing(ends)
    if (standing === 'stopped') {
      step('confirm', 'RunPod says that the pod has stopped; waits for the end of the container')
      limitMs = timings.stoppedMs
    }
    if (monotonicMs() - beganMs < limitMs) continue
    return { stopped: false, problem: `RunPod ${contradiction(standing, Math.round(limitMs / 1000))}` }
  }
  return { stopped: true, how: 'the container ends' }
}

function contradiction(standing: 'running' | 'stopped' | undefined, seconds: number): string {
  if (standing === 'stopped')
    return `says that the pod has stopped, but ${seconds} s later podmate still runs in it: see whether RUNPOD_POD_ID is the id of this pod`
  const still = standing === 'running' ? 'the pod still runs' : 'RunPod does not say that it stopped'
  return `took the stop, but ${seconds} s later ${still}`
}

/** Tells of a failure at once, when it becomes another one, and now and then while it lasts. */
function complaints({ tell, keepOutcome, timings, stopper }: StopTools, { trainerRests }: RetryHooks) {
  let last: { readonly problem: string; readonly atMs: number } | undefined
  return (problem: string, delayMs: number) => {
    const nowMs = monotonicMs()
    if (last?.problem === problem && nowMs - last.atMs < timings.tellAgainMs) return
    last = { problem, atMs: nowMs }
    keepOutcome('refused', problem)
    const again = durationText(timings.trainAgainMs)
    const running = trainerRests()
      ? `The trainer has ended and is started again if no stop works within ${again}; everything else keeps running`
      : 'Everything keeps running'
    const next =
      stopper.impossible === undefined
        ? `; the next try is in ${Math.ceil(delayMs / 1000)} s, and tries go on until one works`
        : ''
    tell(
      'error',
      `The pod cannot be stopped and goes on costing money. ${asSentence(problem)} ${running}${next}.`,
    )
  }
}

const asSentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`)

/** Waits; calls `onLong` once when `afterMs` have passed since the beginning, also in the middle of a wait. */
function refusal(afterMs: number, onLong: () => Promise<void>) {
  const atMs = monotonicMs() + afterMs
  let isOver = false
  return async (ms: number, ends: AbortSignal): Promise<void> => {
    const untilMs = monotonicMs() + ms
    if (!isOver && atMs <= untilMs) {
      isOver = true
      await pause(Math.max(0, atMs - monotonicMs()), ends)
      if (!ends.aborted) await Promise.race([onLong(), aborted(ends)])
    }
    await pause(Math.max(0, untilMs - monotonicMs()), ends)
  }
}
