import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { type Account, settle } from './account.ts'
import type { Answer, Call } from './call.ts'
import type { Contract } from './contract.ts'
import { edgeRefusal } from './edge.ts'
import { faultAnswer, problemBody } from './fault-answer.ts'
import type { Effect, Faults } from './faults.ts'
import { answerGraphql, graphqlRoute } from './graphql.ts'
import { callerName, callerOf } from './keys.ts'
import type { LogEntry } from './log.ts'
import { Refusal } from './refusal.ts'
import { actionBody, restHandlers } from './rest.ts'
import { checkRestAccess } from './rest-access.ts'
import { type RouteName, restRouteOf } from './routes.ts'
import { sendAnswer, sendFlood, sendHalf } from './send-answer.ts'

/** What a server needs to answer requests. */
export interface Desk {
  readonly account: Account
  readonly faults: Faults
  readonly log: LogEntry[]
  readonly contract: Contract | undefined
  /** Answers that are not as the OpenAPI document says: faults of the stand-in itself. */
  readonly violations: string[]
}

/** Answers one request as RunPod would, unless a fault meets it, and writes it down. */
export async function answerRequest(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', url: target = '/', headers } = request
  const url = new URL(`http://stand-in${target}`)
  const body = jsonIn(await textOf(request))
  settle(desk.account)
  const caller = callerOf(desk.account, headers.authorization)
  const { podId = '' } = restRouteOf(method, url.pathname) ?? {}
  const call: Call = { account: desk.account, caller, url, headers, podId, body }
  const route = routeOf(method, url.pathname, body)
  const effect = desk.faults.draw(route, url.pathname === '/graphql')
  const entry: LogEntry = {
    method,
    route,
    target,
    caller: callerName(caller),
    userAgent: headers['user-agent'],
    body,
    status: 0,
    ...(effect && { fault: effect.fault }),
  }
  desk.log.push(entry)
  const answer = () => withEcho(call, realAnswer(desk, call, route, method))
  await respond(effect, answer, response, entry)
}

async function respond(
  effect: Effect | undefined,
  answer: () => Answer,
  response: ServerResponse,
  entry: LogEntry,
): Promise<void> {
  const instead = effect && faultAnswer(effect)
  switch (effect?.fault) {
    case 'hang':
      await once(response, 'close')
      return
    case 'lose-answer':
      answer()
      response.socket?.resetAndDestroy()
      return
    case 'cut':
      response.socket?.resetAndDestroy()
      return
    case 'half':
      return sendHalf(response, answer())
    case 'flood':
      return sendFlood(response)
    case 'slow':
      await pause(effect.ms)
  }
  const given = instead ?? answer()
  entry.status = given.status
  sendAnswer(response, given)
}

function realAnswer(desk: Desk, call: Call, route: RouteName, method: string): Answer {
  const { account, headers, url, caller } = call
  const edge = edgeRefusal(headers['user-agent'], account.traps)
  if (edge) return edge
  if (url.pathname === '/graphql') return answerGraphql(call)
  if (route === 'v1') {
    const status = account.traps.v1 === 'retired' ? 410 : caller.type === 'pod' ? 403 : 404
    return { status, json: { error: status === 410 ? 'Gone' : 'Forbidden', status } }
  }
  // The hazard: whoever follows it turns a DELETE into a GET of all pods.
  if (url.pathname === '/v2/pods/') return { status: 301, headers: { Location: '/v2/pods' } }
  const answer = restAnswer(call, route, method)
  const { contract, violations } = desk
  if (contract && restRouteOf(method, url.pathname)) {
    const isTaken = answer.status < 300
    const asked = isTaken ? contract.request(method, url.pathname, call.body) : undefined
    const wrong = asked ?? contract.answer(method, url.pathname, answer.status, answer.json)
    if (wrong !== undefined) violations.push(`${method} ${url.pathname} ${answer.status}: ${wrong}`)
  }
  return answer
}

function restAnswer(call: Call, route: RouteName, method: string): Answer {
  try {
    const found = restRouteOf(method, call.url.pathname)
    if (!found) throw new Refusal(404, 'resource not found')
    checkRestAccess(call, route)
    return restHandlers[found.route](call)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { status: error.status, json: problemBody(error.status, error.message, error.errors) }
  }
}

function routeOf(method: string, path: string, body: unknown): RouteName {
  if (path === '/graphql') return graphqlRoute(body)
  if (path.startsWith('/v1/')) return 'v1'
  const found = restRouteOf(method, path)?.route
  if (found !== 'action') return found ?? 'unknown'
  const action = actionBody.safeParse(body)
  return action.success ? action.data.action : 'unknown'
}

/** Errors that repeat what they were asked with. */
function withEcho({ account, headers }: Call, answer: Answer): Answer {
  if (!account.traps.echoesKey || answer.status < 300) return answer
  return { ...answer, json: problemBody(answer.status, `refused: Authorization: ${headers.authorization}`) }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function jsonIn(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
