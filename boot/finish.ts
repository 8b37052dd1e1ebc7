import type { ArtifactsPort } from '../services/artifacts/service.ts'
import { type FinishWatch, watchFinish } from '../services/autostop/watch-finish.ts'
import type { Setup } from './run-pod.ts'

/** What TRAIN_ON_FINISH asks for once training ends; to be called before the services start. */
export function finishWatch({ pod, environment }: Setup, artifacts: ArtifactsPort): FinishWatch {
  const values = environment.values.autostop
  return watchFinish({
    pod,
    policy: values?.TRAIN_ON_FINISH ?? { success: 'keep', failure: 'keep' },
    holdMs: (values?.TRAIN_HOLD_SECONDS ?? 0) * 1000,
    flush: () => artifacts.flush(),
    tell: (level, text) => pod.emit({ service: 'trainer', type: 'notice', level, text }),
  })
}
