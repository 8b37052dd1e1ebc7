import { hubClient } from './hub/hub-client.ts'
import type { HubOptions } from './hub/hub-options.ts'
import type { HubRepo } from './hub/hub-repo.ts'
import type { UploadOptions } from './options.ts'
import { Transfers } from './transfers.ts'

/** Who is asking, and, for tests, how patiently. */
export type HubSettings = Pick<HubOptions, 'token' | 'timing'>

/** The Hub of the options, with what goes to it counted. */
export function hubFor(
  options: UploadOptions,
  { token, timing }: HubSettings,
): { readonly hub: HubRepo; readonly transfers: Transfers } {
  const { target, version, useXet, refusePublic } = options
  const transfers = new Transfers()
  const hub = hubClient({
    ...{ target, version, useXet, refusePublic, token },
    ...(timing && { timing }),
    onBytes: (path, count) => transfers.add(path, count),
    onRetry: () => {
      transfers.retries += 1
    },
  })
  return { hub, transfers }
}
