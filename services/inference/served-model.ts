import { ProgramEnded } from '../../supervisor/ending.ts'
import type { LoadedModel, Row } from './model-host/protocol.ts'
import type { ModelHost } from './model-host.ts'
import { unavailable } from './request-problem.ts'
import type { RequestQueue } from './request-queue.ts'
import { type Vocabulary, vocabularyOf } from './vocabulary.ts'

/** The model that answers now. */
export interface ServedModel {
  readonly model: LoadedModel
  readonly vocabulary: Vocabulary
  /** Counts the models since the start of podmate; there is one for now. */
  readonly generation: number
  /** From the start of its host to its first answer. */
  readonly loadSeconds: number
  /** One score for each token of the vocabulary; rejects with a 503 problem when it cannot be had. */
  ask(row: Row, left: AbortSignal): Promise<Float32Array>
}

/** What is served now, or why nothing is, in a sentence. */
export type Serving =
  | { readonly type: 'up'; readonly served: ServedModel }
  | { readonly type: 'down'; readonly reason: string }

/** A loaded model behind its queue. */
export function servedModel(
  model: LoadedModel,
  loadSeconds: number,
  { host, queue }: { readonly host: ModelHost; readonly queue: RequestQueue },
): ServedModel {
  return {
    model,
    vocabulary: vocabularyOf(model.tokens, model.unknownId),
    generation: 1,
    loadSeconds,
    async ask(row, left) {
      try {
        return await queue.ask(() => host.run(row), left)
      } catch (error) {
        throw unavailable(sentenceOf(error))
      }
    },
  }
}

function sentenceOf(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error)
  if (error instanceof ProgramEnded) return `The model host ended (${reason}) and is started again.`
  return `The model did not answer: ${reason}.`
}
