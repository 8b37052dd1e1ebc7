import type { Call } from './call.ts'
import { Refusal } from './refusal.ts'
import type { RouteName } from './routes.ts'

const reads: readonly RouteName[] = ['list', 'get']

/** Refuses what the key may not do by REST v2. A pod's own key may read, stop and end that pod, and nothing else. */
export function checkRestAccess({ caller, account, podId }: Call, route: RouteName): void {
  const { podKeyReads, podKeyStops } = account.traps
  if (caller.type === 'nobody') throw new Refusal(401, 'missing bearer token')
  if (caller.type === 'unknown') throw new Refusal(401, 'invalid bearer token')
  if (caller.type === 'account') {
    if (caller.mayWrite || reads.includes(route)) return
    throw new Refusal(403, 'access denied')
  }
  const own: readonly RouteName[] = [
    'terminate',
    'delete',
    ...(podKeyReads ? (['get'] as const) : []),
    ...(podKeyStops ? (['stop', 'start', 'restart'] as const) : []),
  ]
  if (caller.podId === podId && own.includes(route)) return
  throw new Refusal(403, 'access denied')
}
