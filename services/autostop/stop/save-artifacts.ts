import { monotonicMs, pause, settledWithin } from '../../../supervisor/time.ts'
import type { AutostopVerb } from '../watch/autostop-state.ts'
import { judgeSave, type SaveVerdict } from './judge-save.ts'
import type { Left, StopTools } from './stop-tools.ts'

/** Time for a flush to say what it left after its deadline. */
const answerMs = 5000

/**
 * Uploads what can be uploaded and looks what a stop would delete; comes back with the verb that may be used and what is
 * lost with it, or undefined when `ends` aborts. Files that a stop would delete hold it back for `unsafeMs` at most.
 */
export async function saveArtifacts(
  verb: AutostopVerb,
  tools: StopTools,
  unsafeMs: number,
  ends: AbortSignal,
): Promise<Extract<SaveVerdict, { kind: 'go' }> | undefined> {
  const endMs = monotonicMs() + unsafeMs
  const secondsLeft = () => Math.max(0, Math.round((endMs - monotonicMs()) / 1000))
  for (let round = 1; !ends.aborted; round += 1) {
    const saved = await flushOnce(tools, ends)
    if (ends.aborted) return undefined
    tools.step('verify', 'looks what is not uploaded, and whether a stop would delete it')
    const verdict = judgeSave({
      ...{ saved, verb, terminateUnsynced: tools.terminateUnsynced },
      keptHere: tools.save.keptHere(),
      folders: await tools.save.folders().catch(() => undefined),
      patienceMs: endMs - monotonicMs(),
    })
    if (verdict.kind === 'go') return verdict
    const text = `${verdict.text}. Uploading is tried again for at most ${secondsLeft()} s, then the pod stops all the same.`
    if (round === 1) tools.tell('error', text)
    tools.step('verify', text, { problem: verdict.text })
    await pause(tools.timings.unsafeEveryMs, ends)
  }
  return undefined
}

/** Undefined: nothing is uploaded here, or the uploader is down. */
async function flushOnce({ step, save, timings }: StopTools, ends: AbortSignal): Promise<Left | undefined> {
  const { flushDeadlineMs } = timings
  step('flush', `uploads what is not on the Hub, within ${Math.round(flushDeadlineMs / 1000)} s`)
  let saved: Left | undefined
  const flushed = save.flush(flushDeadlineMs).then(
    (left) => {
      saved = left
    },
    () => {}, // nothing is uploaded here: what that means is judged by the folders
  )
  await settledWithin(flushed, flushDeadlineMs + answerMs, ends)
  return saved
}
