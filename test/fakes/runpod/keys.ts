import type { Account } from './account.ts'

/** The keys that every stand-in knows; a pod's own is `pod.key`. */
export const keys = {
  /** May do everything. */
  account: 'rpa_AccountKeyThatIsNotAKey00000000000000000000000',
  /** May read everything, and nothing else. */
  readOnly: 'rpa_ReadingKeyThatIsNotAKey00000000000000000000000',
} as const

/** Who asks. */
export type Caller =
  | { readonly type: 'nobody' }
  | { readonly type: 'unknown' }
  | { readonly type: 'account'; readonly mayWrite: boolean }
  | { readonly type: 'pod'; readonly podId: string }

export function callerOf({ pods }: Account, authorization: string | undefined): Caller {
  if (authorization === undefined) return { type: 'nobody' }
  const key = /^Bearer (\S+)$/.exec(authorization)?.[1]
  if (key === keys.account) return { type: 'account', mayWrite: true }
  if (key === keys.readOnly) return { type: 'account', mayWrite: false }
  const pod = [...pods.values()].find((one) => one.key === key)
  return pod ? { type: 'pod', podId: pod.id } : { type: 'unknown' }
}

/** For the log. */
export function callerName(caller: Caller): string {
  if (caller.type === 'pod') return `pod ${caller.podId}`
  return caller.type === 'account' && !caller.mayWrite ? 'read-only' : caller.type
}
