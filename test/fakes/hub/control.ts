import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Hub } from '../hub.ts'
import type { HubState } from './call.ts'
import type { Fault } from './faults.ts'
import type { Counters, LogEntry } from './request-log.ts'
import { type Commit, filesAt, headOf, type TreeFile } from './state.ts'

/**
 * How a test talks to a stand-in that runs as a program of its own: GET /_hub/report; POST /_hub/faults with one
 * fault, DELETE to end all; POST /_hub/mix {seed, faults, chance, atMost}; POST /_hub/restart. None of it is logged.
 */
export async function control(
  hub: Hub,
  state: HubState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await text(request)
  const answer = (status: number, value: unknown) =>
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value))
  switch (`${request.method} ${request.url}`) {
    case 'GET /_hub/report':
      answer(200, report(hub, state))
      return
    case 'POST /_hub/faults':
      hub.faults.add(JSON.parse(body) as Fault) // only our own tests call this
      break
    case 'DELETE /_hub/faults':
      hub.faults.clear()
      break
    case 'POST /_hub/mix': {
      const { seed, faults, ...options } = JSON.parse(body)
      hub.faults.mix(seed, faults, options)
      break
    }
    case 'POST /_hub/restart':
      // Its own connection ends with the others: it is answered first.
      response.on('close', () => void hub.restart())
      break
    default:
      answer(404, {})
      return
  }
  answer(200, {})
}

/** What GET /_hub/report answers. */
export interface HubReport {
  readonly counters: Counters
  readonly refusals: readonly LogEntry[]
  readonly log: readonly LogEntry[]
  readonly branches: readonly {
    readonly type: string
    readonly id: string
    readonly private: boolean
    readonly branch: string
    readonly head: string
    readonly commits: readonly Commit[]
    readonly files: readonly TreeFile[]
  }[]
}

function report(hub: Hub, { repos }: HubState): HubReport {
  const branches = [...repos.values()].flatMap(({ type, id, private: hidden, branches }) =>
    [...branches].map(([branch, content]) => ({
      type,
      id,
      private: hidden,
      branch,
      head: headOf(content),
      commits: content.commits,
      files: [...(filesAt(content, headOf(content))?.values() ?? [])],
    })),
  )
  return { counters: hub.counters(), refusals: hub.refusals(), log: hub.log, branches }
}
