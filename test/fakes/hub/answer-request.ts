import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { accountOf } from './accounts.ts'
import type { Answer, Call, HubState } from './call.ts'
import type { Effect, Faults } from './faults.ts'
import { handlers } from './handlers.ts'
import { Cut, faultAnswer, harmBefore, harmedChunks } from './harm.ts'
import { Refusal } from './refusal.ts'
import type { LogEntry } from './request-log.ts'
import { type Match, match } from './routes.ts'
import { sendAnswer } from './send-answer.ts'

/** What a server needs to answer requests. */
export interface Desk {
  readonly state: HubState
  readonly faults: Faults
  readonly log: LogEntry[]
  readonly base: string
  readonly storage: string
  restart(): Promise<void>
}

/** Answers one request as the Hub would, unless a fault meets it, and writes it down. */
export async function answerRequest(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', url: target = '/', socket } = request
  const url = new URL(`${desk.base}${target}`)
  const found = match(method, url.pathname)
  const effect = found && desk.faults.draw(found.name)
  const entry: LogEntry = {
    method,
    route: found?.name ?? 'unknown',
    path: url.pathname,
    bytes: 0,
    status: 0,
    answered: false,
    startedMs: performance.now(),
    ...(effect && { fault: effect.fault }),
  }
  desk.log.push(entry)
  response.on('finish', () => {
    entry.answered = true
  })
  response.on('close', () => {
    entry.endedMs = performance.now()
  })
  try {
    const answer = await work(desk, { request, url, found, effect, entry })
    if (effect?.fault === 'lose-answer') throw await afterClient(socket, effect.hold)
    await sendAnswer(desk, { request, response, entry }, answer)
  } catch (error) {
    // The client has gone, or it is to see the connection end.
    if (error instanceof Cut || socket.destroyed) return void socket.destroy()
    await refuse(desk, request, response, entry, error)
  }
}

interface Work {
  readonly request: IncomingMessage
  readonly url: URL
  readonly found: Match | undefined
  readonly effect: Effect | undefined
  readonly entry: LogEntry
}

async function work(desk: Desk, { request, url, found, effect, entry }: Work): Promise<Answer> {
  const { state } = desk
  const { authorization } = request.headers
  const chunks = () => harmedChunks(counted(request, entry), effect)
  if (effect) await meet(desk, effect, request, chunks)
  if (!found) throw new Refusal(404, 'Not found')
  if (effect) await harmBefore(state, effect, found.params, authorization)
  if (!request.headers['user-agent']) throw new Refusal(400, 'The User-Agent header is missing')
  const inStorage = url.pathname.startsWith('/storage/')
  if (!inStorage) countRequest(state)
  const account = inStorage ? undefined : accountOf(state.accounts, authorization)
  const call: Call = {
    state,
    base: desk.base,
    storage: desk.storage,
    url,
    headers: request.headers,
    params: found.params,
    account,
    entry,
    effect,
    chunks,
  }
  return handlers[found.name](call)
}

/** Those faults that leave nothing to do for the request itself: throws what takes the place of its answer. */
async function meet(
  desk: Desk,
  effect: Effect,
  request: IncomingMessage,
  chunks: () => AsyncIterable<Buffer>,
): Promise<void> {
  switch (effect.fault) {
    case 'answer':
      throw await afterBody(effect.early ? [] : chunks(), faultAnswer(effect))
    case 'cut':
      throw await afterBody(effect.afterBytes === undefined ? [] : chunks(), new Cut())
    case 'hang':
      await once(request.socket, 'close')
      throw new Cut()
    case 'restart':
      await desk.restart()
      throw new Cut()
  }
}

async function afterClient(socket: Socket, hold = false): Promise<Cut> {
  if (hold) await once(socket, 'close')
  return new Cut()
}

async function afterBody(chunks: AsyncIterable<Buffer> | readonly Buffer[], error: Error): Promise<Error> {
  for await (const _ of chunks);
  return error
}

async function* counted(request: IncomingMessage, entry: LogEntry): AsyncGenerator<Buffer> {
  for await (const chunk of request) {
    entry.bytes += chunk.length
    yield chunk
  }
}

function countRequest({ requestWindow }: HubState): void {
  requestWindow.use()
  if (requestWindow.left() >= 0) return
  throw new Refusal(429, 'You have reached your rate limit')
}

async function refuse(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
  entry: LogEntry,
  error: unknown,
): Promise<void> {
  if (!(error instanceof Refusal)) console.error(error)
  const { status, headers, message } =
    error instanceof Refusal ? error : new Refusal(500, `The stand-in broke: ${String(error)}`)
  entry.refusal = message
  await sendAnswer(desk, { request, response, entry }, { status, headers, json: { error: message } })
}
