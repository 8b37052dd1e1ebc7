/** What the routes of the pod answer, as far as the page looks at it. Times are epoch milliseconds. */

export type Json = unknown
export type Details = Readonly<Record<string, Json>>

export interface ServiceStatus {
  readonly name: string
  readonly kind: 'service' | 'task'
  readonly state: string
  readonly reason?: string
  readonly pid?: number
  readonly since: number
  readonly restarts: number
  readonly failures: number
  readonly lastEnding?: { readonly ok: boolean; readonly reason: string }
  readonly lastLines?: readonly string[]
  readonly details?: Details
}

export interface PodStatus {
  readonly version: string
  readonly startedAt: number
  readonly state: 'running' | 'stopping' | 'stopped'
  readonly reason?: string
  readonly warnings: readonly string[]
  readonly seq: number
  readonly services: Readonly<Record<string, ServiceStatus>>
}

export interface Cost {
  readonly spent_usd: number | null
  readonly rate_usd_per_hour: number | null
  readonly rate_source: string | null
  readonly budget_usd: number | null
  readonly budget_ends_at: number | null
  readonly projected_usd_24h: number | null
  readonly problem: string | null
}

export interface Signal {
  readonly name: string
  readonly state: 'active' | 'quiet' | 'unknown'
  readonly seconds_since: number | null
  readonly evidence: string
}

export interface Autostop {
  readonly verdict: 'off' | 'running' | 'countdown' | 'stopping'
  readonly why: string
  readonly stops_at: number | null
  readonly stops_because: 'idle' | 'budget' | 'lifetime' | 'finished' | 'asked' | null
  readonly idle_for_seconds: number
  readonly idle_timeout_seconds: number | null
  readonly signals: readonly Signal[]
  readonly hold: { readonly until: number; readonly why: string | null } | null
  readonly cost: Cost | null
  readonly lifetime: { readonly ends_at: number | null } | null
  readonly stop: {
    readonly step: string
    readonly text?: string
    readonly attempts: number
    readonly problem: string | null
    readonly next_try_at: number | null
  } | null
  readonly problems?: readonly string[]
  readonly verb: 'stop' | 'terminate' | null
  readonly dry_run: boolean
  readonly last_stop: { readonly at: number; readonly because: string; readonly text: string } | null
}

export interface Gpu {
  readonly index: number
  readonly name: string
  readonly util_percent: number | null
  readonly memory_used_mb: number | null
  readonly memory_total_mb: number | null
  readonly temperature_c: number | null
  readonly power_w: number | null
  readonly problem: string | null
}

export interface Disk {
  readonly mount: string
  readonly used_gb: number | null
  readonly total_gb: number | null
}

export interface Host {
  readonly cpu_percent: number | null
  readonly cores: number
  readonly memory_used_mb: number | null
  readonly memory_total_mb: number | null
  readonly disks: readonly Disk[]
  readonly disk_problem?: string | null
  readonly network: { readonly rx_bytes_per_s: number | null; readonly tx_bytes_per_s: number | null } | null
}

export interface Telemetry {
  readonly gpus: readonly Gpu[]
  readonly gpu_problem: string | null
  readonly host: Host | null
}

export interface Sample {
  readonly at: number
  readonly gpus: readonly { readonly util_percent: number | null; readonly memory_used_mb: number | null }[]
  readonly cpu_percent: number | null
  readonly memory_used_mb: number | null
  readonly rx: number | null
  readonly tx: number | null
}

export interface Job {
  readonly id: string
  readonly status: string
  readonly name: string | null
  readonly command: string | null
  readonly started_at: number | null
  readonly ended_at: number | null
  readonly exit_code: number | null
  readonly signal: string | null
  readonly reason: string | null
  /** The last lines of a run that failed. */
  readonly error?: string | null
  readonly last_step: number | null
  readonly last_loss: number | null
  readonly progress: number | null
  readonly total_points: number
}

/** One report of a trainer: `step` and any numbers. */
export type Point = { readonly step: number; readonly timestamp?: number } & Readonly<
  Record<string, number | string | null | undefined>
>

export interface UploadFile {
  readonly path: string
  readonly state: string
  readonly bytes_sent: number
  readonly bytes_total: number
  readonly note?: string
}

export interface PassedOver {
  readonly path: string
  readonly reason: string
}

export interface Artifacts {
  readonly activity: string
  readonly reason?: string
  readonly repo?: { readonly url: string; readonly user: string; readonly private: boolean }
  readonly warnings?: readonly string[]
  readonly safe?: { readonly files: number; readonly bytes: number }
  readonly pending?: { readonly files: number; readonly bytes: number; readonly next: readonly UploadFile[] }
  readonly refused?: { readonly files: number; readonly some: readonly PassedOver[] }
  /** Files that no pattern names, by their paths. */
  readonly unmatched?: { readonly files: number; readonly some: readonly string[] }
  readonly parts_missing?: { readonly files: number; readonly some: readonly PassedOver[] }
  readonly unreadable?: readonly PassedOver[]
  readonly last_commit?: {
    readonly oid: string
    readonly url: string
    readonly files: number
    readonly at: string
  } | null
  readonly last_problem?: { readonly kind: string; readonly text: string; readonly at: string } | null
  readonly next_try?: string
}

export interface ToldEvent {
  readonly seq: number
  readonly at: number
  readonly type: string
  readonly service?: string
  readonly level: 'info' | 'warn' | 'error'
  readonly text: string
}

export interface InferAnswer {
  readonly best_legal: string
  readonly best_legal_san: string
  readonly legal_topk: readonly { readonly uci: string; readonly probability: number }[]
  readonly game_over: string | null
  readonly value?: number
  readonly wdl?: readonly [number, number, number]
  readonly device: string
  readonly model_path: string
  readonly generation: number
  readonly latency_ms: number
}

/** Everything that is known of the pod at this moment. */
export interface Pod {
  readonly status: PodStatus | undefined
  readonly samples: readonly Sample[]
  readonly jobs: readonly Job[]
  readonly jobsProblem: string | undefined
  readonly events: readonly ToldEvent[]
  /** When the pod answered last, by this browser's clock. */
  readonly answeredAt: number
  readonly problem: string | undefined
  /** How far the pod's clock is ahead of this browser's, in ms. */
  readonly aheadMs: number
  readonly address: URL
}

export type AttributeValue = string | number | boolean | null | undefined
export interface Tree {
  readonly tag: string
  readonly attributes: Readonly<Record<string, AttributeValue>>
  readonly children: readonly (Tree | string)[]
}
export type Child = Tree | string | number | false | null | undefined | readonly Child[]
