import { monotonicMs } from '../../../supervisor/time.ts'
import type { StopMoments } from '../decision/used-again.ts'
import type { WatchParts } from '../watch/watch-parts.ts'
import type { StopProgress, StopStep } from './stop-progress.ts'
import type { StopOrder, StopTools } from './stop-tools.ts'
import { trainerPort } from './trainer-port.ts'

export interface StopDesk {
  readonly tools: StopTools
  /** What matters for whether somebody uses the pod again. */
  moments(): StopMoments
}

/** What one stop works with: it shows its steps by `show`, keeps them in the journal, and tells people. */
export function stopDesk(
  order: StopOrder,
  { options, ctx, journal }: Pick<WatchParts, 'options' | 'ctx' | 'journal'>,
  show: (progress: StopProgress) => void,
): StopDesk {
  const { action, terminateUnsynced, timings, stopper, save } = options
  const because = order.cause
  const beganMs = monotonicMs()
  let progress: StopProgress = {
    ...{ because, step: 'warn', text: '', attempts: 0, problem: undefined, nextTryAt: undefined },
  }
  const known = new Set<StopStep>(['warn']) // everybody is told of it anyway
  const trainer = trainerPort(options.pod, options.trainStopGraceMs)
  const tools: StopTools = {
    ...{
      action: action === 'exit' ? action : 'runpod_api',
      terminateUnsynced,
      timings,
      stopper,
      save,
      trainer,
    },
    random: Math.random,
    step(step, text, news = {}) {
      const isNew = !known.has(step)
      known.add(step)
      progress = { ...progress, nextTryAt: undefined, ...news, step, text }
      if (step === 'stop') journal.add('calling', text, { because, step, why: order.text })
      else if (isNew && step !== 'retry') journal.add('step', text, { because, step, why: order.text })
      if (step === 'confirm') ctx.ready()
      if (step === 'retry') ctx.notReady(`the pod cannot be stopped: ${progress.problem}`)
      // A stop that is refused, or held back by files, goes through its steps for hours.
      ctx.log[isNew ? 'info' : 'debug'](
        { step, ...(progress.problem === undefined ? {} : { problem: progress.problem }) },
        text,
      )
      show(progress)
    },
    tell: (level, text) => ctx.notice(level, text),
    tellTerminals: options.tellTerminals,
    keepOutcome: (event, text) => journal.add(event, text, { because, why: order.text }),
    shutdown: (reason) => options.pod.shutdown(reason),
  }
  return {
    tools,
    moments: () => ({
      ...{ beganMs, trainedMs: trainer.endedMs(), hasCalled: progress.attempts > 0 },
      isEnding: progress.step === 'stop' || progress.step === 'confirm',
    }),
  }
}
