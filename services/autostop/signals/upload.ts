import type { Reading, Signal } from '../signal.ts'
import { active, quiet, spoken } from './evidence.ts'
import { guarded } from './guarded.ts'
import type { UploadsState } from './ports.ts'

export interface UploadOptions {
  readonly state: () => UploadsState
  readonly recentMs: number
}

/** To hash the largest file takes less; nothing tells how far it is. */
const longestHashMs = 1_800_000

/** Active while bytes of an upload move, or files are read for one. An upload that stands still, or repeats itself, is quiet. */
export function uploadSignal({ state, recentMs }: UploadOptions): Signal {
  let mostBytes = 0
  let commits = 0
  let movedMs: number | undefined
  let hashingSinceMs: number | undefined
  return guarded('upload', (nowMs): Reading => {
    const report = state().report
    if (!report) return quiet(movedMs, 'nothing is uploaded')
    const { activity, totals } = report
    hashingSinceMs = activity === 'hashing' ? (hashingSinceMs ?? nowMs) : undefined
    // Bytes that have to be sent again were taken off the count: only new ground is progress.
    if (totals.bytesUploaded > mostBytes || totals.filesCommitted > commits) movedMs = nowMs
    mostBytes = Math.max(mostBytes, totals.bytesUploaded)
    commits = Math.max(commits, totals.filesCommitted)
    const name = report.next.find((file) => file.state === 'uploading')?.path ?? report.next[0]?.path
    const which = name === undefined ? 'files' : name
    if (hashingSinceMs !== undefined && nowMs - hashingSinceMs <= longestHashMs)
      return active(nowMs, `${which} is read before it is uploaded`)
    if (movedMs !== undefined && nowMs - movedMs <= recentMs)
      return active(movedMs, activity === 'uploading' ? `${which} is uploaded` : 'an upload was finished')
    return quiet(movedMs, idleText(activity, which, movedMs, nowMs))
  })
}

function idleText(activity: string, which: string, movedMs: number | undefined, nowMs: number): string {
  const since = movedMs === undefined ? '' : ` for ${spoken(nowMs - movedMs)}`
  if (activity === 'uploading') return `the upload of ${which} has not moved${since}`
  return `nothing is uploaded now (${activity})`
}
