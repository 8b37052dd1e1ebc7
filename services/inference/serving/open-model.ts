import { ProgramEnded } from '../../../supervisor/ending.ts'
import type { ServiceContext } from '../../../supervisor/service.ts'
import { loadProgress, type ProgressTerminal } from '../hosts/load-progress.ts'
import type { LoadOrder, LoadProgress } from '../model-host/protocol.ts'
import { type Generation, type GenerationOptions, openGeneration } from './generation.ts'
import type { ModelChoice } from './model-choice.ts'

/** How hosts are started, and where a bar shows how they load. */
export type OpenOptions = Omit<GenerationOptions, 'stop' | 'onProgress'> & {
  readonly terminal: ProgressTerminal
  readonly choice: ModelChoice
}

/** Opens the next generation; rejects as `openGeneration` does. A file that hosts die on becomes a suspect. */
export async function openModel(
  ctx: ServiceContext,
  { terminal, choice, ...open }: OpenOptions,
  order: LoadOrder,
  stop: AbortSignal,
): Promise<Generation> {
  const bar = loadProgress(terminal)
  let last: LoadProgress | undefined
  const onProgress = (progress: LoadProgress) => {
    last = progress
    bar.show(progress)
  }
  try {
    const settings = { ...open, stop, onProgress }
    return await openGeneration(ctx, settings, order, choice.nextGeneration)
  } catch (error) {
    if (error instanceof ProgramEnded && !stop.aborted) choice.suspects.hostDied(error.message, last)
    throw error
  } finally {
    bar.clear()
  }
}
