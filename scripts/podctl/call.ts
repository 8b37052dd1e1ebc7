import type { Client } from './client.ts'
import type { Terminal } from './terminal.ts'

/** One call of podctl: what the user typed, and what to answer with. */
export interface Call {
  readonly positionals: readonly string[]
  readonly options: CallOptions
  readonly env: NodeJS.ProcessEnv
  readonly terminal: Terminal
  /** The podmate that is meant; throws exit 3 when none answers. */
  connect(): Promise<Client>
}

export interface CallOptions {
  readonly json?: boolean
  readonly force?: boolean
  readonly lines?: string
  readonly deadline?: string
  readonly why?: string
  readonly 'dry-run'?: boolean
  readonly url?: string
  readonly token?: string
}
