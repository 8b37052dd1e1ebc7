import { Counter, Gauge, type Registry } from 'prom-client'
import type { ArtifactsState } from './artifacts-view.ts'

/** Shows the state of uploads as metrics, read when they are scraped; all are 0 until the uploader has said something. */
export function addArtifactMetrics(registry: Registry, state: () => ArtifactsState): void {
  const registers = [registry]
  const read = (value: (now: ArtifactsState) => number | undefined) => value(state()) ?? 0
  const counter = (name: string, help: string, value: (now: ArtifactsState) => number | undefined) =>
    new Counter({
      name: `podmate_hf_sync_${name}`,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(read(value))
      },
    })
  const gauge = (name: string, help: string, value: (now: ArtifactsState) => number | undefined) =>
    new Gauge({
      name: `podmate_hf_sync_${name}`,
      help,
      registers,
      collect() {
        this.set(read(value))
      },
    })
  gauge('safe_files', 'Files that are on the Hub as they are here.', ({ report }) => report?.safeFiles)
  gauge('safe_bytes', 'Their bytes.', ({ report }) => report?.safeBytes)
  gauge('pending_files', 'Files that are not on the Hub yet.', ({ report }) => report?.pendingFiles)
  gauge('pending_bytes', 'Their bytes.', ({ report }) => report?.pendingBytes)
  gauge('refused_files', 'Files that will not go up as they are.', ({ report }) => report?.refusedFiles)
  counter('bytes_uploaded_total', 'Bytes that were sent.', ({ report }) => report?.totals.bytesUploaded)
  counter('files_committed_total', 'Files in commits.', ({ report }) => report?.totals.filesCommitted)
  counter('commits_total', 'Commits.', ({ report }) => report?.totals.commits)
  counter('retries_total', 'Requests that were tried again.', ({ report }) => report?.totals.retries)
  gauge('last_success_timestamp_seconds', 'Unix time of the last commit; 0: none yet.', ({ report }) =>
    report?.lastCommit ? report.lastCommit.atMs / 1000 : 0,
  )
  gauge('uploader_memory_bytes', 'Resident memory of the uploader.', ({ uploader }) => uploader?.rssBytes)
}
