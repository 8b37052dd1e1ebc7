/** What GET /autostop says, as far as it is shown. Times are epoch milliseconds. */
export interface AutostopAnswer {
  readonly verdict: 'running' | 'countdown' | 'stopping' | 'off'
  readonly why: string
  readonly stops_at: number | null
  readonly stops_because: 'idle' | 'finished' | 'lifetime' | 'budget' | 'asked' | null
  readonly signals: readonly {
    readonly name: string
    readonly state: string
    readonly seconds_since: number | null
    readonly evidence: string
  }[]
  readonly hold: { readonly until: number; readonly why: string } | null
  readonly cost: CostAnswer | null
  readonly lifetime: { readonly ends_at: number | null }
  readonly stop: {
    readonly step: string
    readonly text: string
    readonly attempts: number
    readonly problem: string | null
    readonly next_try_at: number | null
  } | null
  readonly last_stop: { readonly at: number; readonly because: string; readonly text: string } | null
  readonly problems: readonly string[]
  readonly action: 'runpod_api' | 'exit' | 'none' | null
  readonly verb: 'stop' | 'terminate' | null
  readonly dry_run: boolean
}

export interface CostAnswer {
  readonly spent_usd: number | null
  readonly rate_usd_per_hour: number | null
  readonly rate_source: string | null
  readonly budget_usd: number | null
  readonly budget_ends_at: number | null
  readonly projected_usd_24h: number | null
  readonly problem: string | null
}

/** What GET /autostop/journal says. */
export interface JournalAnswer {
  readonly entries: readonly { readonly at: number; readonly event: string; readonly text: string }[]
}
