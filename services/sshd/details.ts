import type { JsonObject } from '../../supervisor/service.ts'
import type { InstalledKey } from './host-key.ts'
import type { SshdOptions } from './options.ts'

export interface Facts {
  readonly hostKeys: readonly InstalledKey[]
  /** How many keys open each account; undefined while its home has not been looked at. */
  readonly keysOf: ReadonlyMap<string, number | undefined>
  readonly problems: readonly string[]
}

/** Details have to stay below 16 KB, whatever is in the variables. */
const shortened = (problem: string) => (problem.length > 400 ? `${problem.slice(0, 400)}…` : problem)

/** What /status shows of sshd. Pure. */
export function sshdDetails(options: SshdOptions, { hostKeys, keysOf, problems }: Facts): JsonObject {
  const accounts = [...keysOf].map(([name, keys]) => ({ name, keys: keys ?? null }))
  const asked = options.accounts.findLast(({ name }) => keysOf.has(name))?.name ?? accounts[0]?.name
  const { publicAddress: at } = options
  return {
    port: options.port,
    host_keys: hostKeys.map(({ type, fingerprint, kept }) => ({ type, fingerprint, kept })),
    accounts,
    ...(at && asked ? { connect: `ssh -p ${at.port} ${asked}@${at.host}` } : {}),
    ...(problems.length > 0 ? { problems: problems.slice(0, 20).map(shortened) } : {}),
  }
}
