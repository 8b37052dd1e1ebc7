import type { HubTarget } from '../options.ts'
import type { HubTiming } from './retry-delay.ts'

/** Which repository, who is asking, and how. */
export interface HubOptions {
  readonly target: Pick<HubTarget, 'repoId' | 'repoType' | 'branch' | 'endpoint'>
  readonly token: string
  /** Of podmate, for the User-Agent. */
  readonly version: string
  /** Large files go up in chunks that the Hub may know already; costs far more memory and CPU than LFS. */
  readonly useXet: boolean
  /** A public repository is refused instead of warned of. */
  readonly refusePublic: boolean
  readonly timing?: HubTiming
  /** Bytes of an LFS file that went out; negative when they have to be sent again. */
  onBytes?(remotePath: string, count: number): void
  /** Told of each failed request that is going to be tried again. */
  onRetry?(says: string, waitMs: number): void
}
