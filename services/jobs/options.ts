import type { PodView } from '../../supervisor/pod.ts'
import type { StopRule } from './early-stop.ts'
import type { JobStore } from './job-store.ts'

/** A control plane elsewhere that wants the metrics of one job. */
export interface Remote {
  /** METRICS_API_URL without a slash at its end; `/<job>/metrics` is put behind it. */
  readonly url: string
  readonly jobId: string
  readonly token: string
}

export interface Disk {
  readonly mount: string
  readonly usedBytes: number
  readonly totalBytes: number
}

/** Parsed values of the environment, and what the service is given by others. */
export interface JobsOptions {
  readonly store: JobStore
  /** Tells this run of podmate apart from all others. */
  readonly runId: string
  readonly pod: Pick<PodView, 'status' | 'onLogLine' | 'logLines' | 'command'>
  /** Where programs of this machine reach podmate (`http://127.0.0.1:8000`); undefined while nothing listens. */
  localUrl(): string | undefined
  /** JOB_ID and JOB_TOKEN, for a job that a control plane has made. */
  readonly given: { readonly jobId: string | undefined; readonly token: string | undefined }
  readonly remote: Remote | undefined
  /** TRAIN_EARLY_STOP. */
  readonly rules: readonly StopRule[]
  /** TRAIN_STALL_MINUTES; undefined: never told. */
  readonly stallMs: number | undefined
  /** The newest checkpoint that a run can go on from; never rejects, and settles within seconds. */
  findCheckpoint(): Promise<string | undefined>
  /** Takes secrets out of a text. */
  redact(text: string): string
  /** From now on this text is a secret. */
  hide(secret: string): void
  /** The disks of the pod, where somebody measures them. */
  disks?(): readonly Disk[]
  readonly timings?: Partial<JobsTimings>
}

export interface JobsTimings {
  /** Between two looks at what waits, stalls or fills up. */
  readonly watchMs: number
  /** The first and the longest pause before metrics are forwarded again. */
  readonly retryFirstMs: number
  readonly retryCapMs: number
  /** How long a control plane may take to answer. */
  readonly requestMs: number
  /** The pause of a stream between two reads. */
  readonly streamMs: number
}

export const jobsTimings: JobsTimings = {
  watchMs: 1000,
  retryFirstMs: 1000,
  retryCapMs: 15_000,
  requestMs: 10_000,
  streamMs: 100,
}
