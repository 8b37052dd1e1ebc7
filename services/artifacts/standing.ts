import type { UploadReport } from './uploader/upload-report.ts'

/** Whether uploads go on: not known yet, yes, or no for a reason that says what to do. */
export type Standing =
  | { readonly type: 'starting' }
  | { readonly type: 'ready' }
  | { readonly type: 'degraded'; readonly reason: string }

/** What a report says of the service. Pure. */
export function standing({ activity, lastProblem, journalProblem }: UploadReport): Standing {
  if (activity === 'starting') return { type: 'starting' }
  if (activity === 'stopped' || activity === 'backing-off') {
    return { type: 'degraded', reason: lastProblem?.text ?? 'uploads do not go on' }
  }
  if (journalProblem !== undefined) return { type: 'degraded', reason: `${journalProblem}; uploads go on` }
  return { type: 'ready' }
}
