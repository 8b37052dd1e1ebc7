import { ProgramEnded } from '../../../supervisor/ending.ts'
import { type Family, familyOf } from '../families/family.ts'
import type { RequestQueue } from '../hosts/request-queue.ts'
import { TurnedAway } from '../hosts/turned-away.ts'
import type { LoadedModel, Output, Row } from '../model-host/protocol.ts'
import { unavailable } from '../request-problem.ts'

/** The model that answers now. */
export interface ServedModel {
  readonly model: LoadedModel
  readonly family: Family
  /** Counts the models since the start of podmate, from 1. */
  readonly generation: number
  /** From the start of its host to its first answer. */
  readonly loadSeconds: number
  /** Questions that wait for a host now. */
  waiting(): number
  /** What the model says of a row; rejects with a 503 problem when it cannot be had. */
  ask(row: Row, left: AbortSignal): Promise<Output>
}

/** What is served now, or why nothing is, in a sentence. */
export type Serving =
  | { readonly type: 'up'; readonly served: ServedModel }
  | { readonly type: 'down'; readonly reason: string }

/** A loaded model behind its queue. */
export function servedModel(
  { model, generation, loadSeconds }: Pick<ServedModel, 'model' | 'generation' | 'loadSeconds'>,
  queue: Pick<RequestQueue, 'ask' | 'waiting'>,
): ServedModel {
  return {
    model,
    family: familyOf(model),
    generation,
    loadSeconds,
    waiting: () => queue.waiting,
    async ask(row, left) {
      try {
        return await queue.ask(row, left)
      } catch (error) {
        throw unavailable(sentenceOf(error), error instanceof TurnedAway ? 'rejected' : 'failed')
      }
    },
  }
}

/** Why nobody answers after the end of the model host. */
export function hostEnded(reason: string): string {
  return `The model host ended (${reason}) and is started again.`
}

function sentenceOf(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error)
  if (error instanceof ProgramEnded) return hostEnded(reason)
  return `The model did not answer: ${reason}.`
}
