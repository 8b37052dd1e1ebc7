import { commitIter } from '@huggingface/hub'
import type { Errand } from './errand.ts'
import type { HubApi } from './hub-api.ts'
import type { LocalFile } from './local-file.ts'

/** Sends one file with the library, by xet where the Hub offers it, and stops when only the commit is missing. */
export async function uploadByXet(
  api: HubApi,
  branch: string,
  file: LocalFile,
  errand: Errand,
): Promise<void> {
  const steps = commitIter({
    ...api.library(errand),
    branch,
    title: 'upload',
    operations: [{ operation: 'addOrUpdate', path: file.remotePath, content: file.open() }],
    useXet: true,
    abortSignal: errand.signal,
  })
  for await (const step of steps) {
    // Leaving the loop ends the generator before it commits.
    if (step.event === 'phase' && step.phase === 'committing') return
  }
}
