import { z } from 'zod'
import { livePod, livePods } from './account.ts'
import { act, actionNames } from './actions.ts'
import { type Answer, type Call, parsedBody } from './call.ts'
import { create, creation } from './create.ts'
import type { FakePod } from './pod-state.ts'
import { Refusal } from './refusal.ts'
import { restPod } from './rest-pod.ts'
import type { RestRoute } from './routes.ts'

/** What each route of REST v2 does, once its caller is known and may do it. */
export const restHandlers: Readonly<Record<RestRoute, (call: Call) => Answer>> = {
  list,
  create(call) {
    return { status: 201, json: shown(call, create(call.account, parsedBody(call.body, creation))) }
  },
  get: (call) => ({ status: 200, json: shown(call, readable(call)) }),
  patch(call) {
    const pod = existing(call)
    const change = parsedBody(call.body, patchBody)
    pod.name = change.name ?? pod.name
    pod.locked = change.locked ?? pod.locked
    return { status: 200, json: shown(call, pod) }
  },
  delete(call) {
    act(call.account, existing(call), 'terminate')
    return { status: 204 }
  },
  action(call) {
    const { action } = parsedBody(call.body, actionBody)
    const pod = existing(call)
    act(call.account, pod, action)
    return action === 'terminate' ? { status: 204 } : { status: 200, json: shown(call, pod) }
  },
}

export const actionBody = z.strictObject({ action: z.enum(actionNames) })
const patchBody = z.strictObject({ name: z.string().min(1).optional(), locked: z.boolean().optional() })

/** Newest first, a page at a time; filters are not looked at. */
function list(call: Call): Answer {
  const { searchParams } = call.url
  const limit = Number(searchParams.get('limit') ?? 1000)
  const from = Number(searchParams.get('cursor') ?? 0)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw new Refusal(422, 'bad limit')
  if (!Number.isInteger(from) || from < 0) throw new Refusal(422, 'bad cursor')
  const all = livePods(call.account).toReversed()
  const hasNextPage = from + limit < all.length
  const pods = all.slice(from, from + limit).map((pod) => shown(call, pod))
  const pagination = { nextCursor: hasNextPage ? String(from + limit) : null, hasNextPage }
  return { status: 200, json: { pods, pagination } }
}

function existing({ account, podId }: Call): FakePod {
  const pod = livePod(account, podId)
  if (!pod) throw new Refusal(404, 'resource not found')
  return pod
}

function readable(call: Call): FakePod {
  const { account, podId } = call
  const gone = account.traps.terminatedReads === 'TERMINATED' ? account.pods.get(podId) : undefined
  return gone ?? existing(call)
}

function shown({ account }: Call, pod: FakePod): object {
  return restPod(pod, account.traps, account.nowMs())
}
