import type { AutostopVerb } from '../watch/autostop-state.ts'
import { callUntilStopped } from './call-until-stopped.ts'
import { saveArtifacts } from './save-artifacts.ts'
import type { StopOrder, StopTools, TrainerPort } from './stop-tools.ts'

export interface SequenceSignals {
  /** The stop is no longer wanted: somebody uses the pod again. */
  readonly cancel: AbortSignal
  /** podmate ends, or autostop does alone. */
  readonly over: AbortSignal
}

/**
 * Stops the pod: warns, ends the trainer, uploads, checks, calls, and goes on calling until the container ends. Settles
 * when podmate or autostop ends, or when the stop is cancelled; a trainer that was ended for it then runs again.
 */
export async function runSequence(
  order: StopOrder,
  tools: StopTools,
  { cancel, over }: SequenceSignals,
): Promise<void> {
  const ends = AbortSignal.any([cancel, over])
  const { action, stopper, timings, tell } = tools
  const announcement = `The pod stops now. ${order.text}`
  tools.step('warn', 'tells everybody')
  tell('warn', announcement)
  tools.tellTerminals(announcement)
  // Without a way to stop the pod, an ended trainer would only waste what the pod costs.
  const isPossible = action === 'exit' || stopper.impossible === undefined
  const resume = resumer(isPossible && !ends.aborted && (await endTraining(tools)), tools.trainer)
  try {
    const saved = await saveArtifacts(order.verb, tools, timings.unsafeMs, ends)
    if (saved) {
      if (saved.warning !== undefined) tell('error', saved.warning)
      await endPod({ ...order, verb: saved.verb }, tools, ends, resume)
    }
  } finally {
    // A podmate that ends refuses it; nobody who ends autostop alone waits for it.
    const resumed = resume()
    if (!over.aborted) await resumed
  }
}

async function endPod(order: StopOrder, tools: StopTools, ends: AbortSignal, resume: Resume): Promise<void> {
  if (tools.action === 'exit') {
    tools.keepOutcome('stopped', `podmate ends itself (AUTOSTOP_ACTION is exit). ${order.text}`)
    return tools.shutdown(`autostop: ${order.text}`)
  }
  let { verb } = order
  await callUntilStopped(order, tools, ends, {
    trainerRests: () => !tools.trainer.runs() && resume.isOwed(),
    async refusedLong() {
      if (await resume())
        tools.tell('warn', 'The trainer runs again from its newest checkpoint until the stop works.')
    },
    async verbNow() {
      const mayBeNew = verb === 'terminate' || tools.trainer.runs()
      if (mayBeNew && tools.stopper.impossible === undefined) verb = await verbFor(order.verb, tools, ends)
      return verb
    },
  })
}

/** New files may have come since: they are uploaded before a call, which no longer waits for them. */
async function verbFor(verb: AutostopVerb, tools: StopTools, ends: AbortSignal): Promise<AutostopVerb> {
  const saved = await saveArtifacts(verb, tools, 0, ends)
  return saved?.verb ?? 'stop'
}

/** True when one ran: it has had its time to write a last checkpoint. */
async function endTraining({ trainer, step, tell }: StopTools): Promise<boolean> {
  if (!trainer.runs()) return false
  step('trainer', 'lets the trainer write its last checkpoint and end')
  const { ok, message } = await trainer.stop('the pod stops itself')
  if (!ok) tell('error', `The trainer could not be ended: ${message}`)
  return true
}

interface Resume {
  /** Starts the trainer again, once, if it was ended; true when it did. */
  (): Promise<boolean>
  isOwed(): boolean
}

function resumer(hasEnded: boolean, trainer: TrainerPort): Resume {
  let isOwed = hasEnded
  const resume = async () => {
    const isMine = isOwed
    isOwed = false
    if (isMine) await trainer.start()
    return isMine
  }
  return Object.assign(resume, { isOwed: () => isOwed })
}
