import pRetry from 'p-retry'
import { eventText } from '../../supervisor/event-text.ts'
import type { PodEvent } from '../../supervisor/events.ts'
import type { PodView } from '../../supervisor/pod.ts'
import type { Service, ServiceContext } from '../../supervisor/service.ts'
import type { State } from '../../supervisor/status.ts'
import { aborted, pause } from '../../supervisor/time.ts'

export interface HealthchecksOptions {
  /** The ping URL of a check; undefined switches the service off. */
  readonly url: string | undefined
  readonly pod: PodView
  /** Pause between two regular pings. */
  readonly everyMs?: number
  readonly timeoutMs?: number
  readonly retries?: number
}

const bodyLimit = 10_000
const troubled: readonly State[] = ['crashloop', 'failed']

/**
 * Tells a Healthchecks check how the pod fares: `/start` at the start, a success every five minutes while no service
 * has failed, `/fail` at once when one does, `/log` at the stop. Protocol: healthchecks.io, "Pinging API".
 */
export function healthchecks({ url, pod, ...rest }: HealthchecksOptions): Service {
  const { everyMs = 300_000, timeoutMs = 10_000, retries = 3 } = rest
  return {
    name: 'healthchecks',
    ...(url ? {} : { disabled: 'HEALTHCHECKS_URL is not set' }),
    stopTier: 'tools',
    async run(ctx) {
      const ping = pinger(url ?? '', timeoutMs, retries, ctx)
      pod.onEvent((event) => void tellEvent(event, ping), ctx.stop)
      await ping('/start', `podmate ${pod.status().version} started`)
      while (!ctx.stop.aborted) {
        await pause(everyMs, ctx.stop)
        if (!ctx.stop.aborted) await tellRegularly(pod, ping)
      }
      await Promise.race([ping('/log', `stopping: ${pod.status().reason ?? 'stopped'}`), aborted(ctx.kill)])
    },
  }
}

type Ping = (suffix: '' | '/start' | '/fail' | '/log', body: string) => Promise<void>

function tellEvent(event: PodEvent, ping: Ping): Promise<void> | undefined {
  if (event.type === 'crashloop' || event.type === 'failed')
    return ping('/fail', `${event.service}: ${eventText(event)}`)
  if (event.type === 'pod-warning') return ping('/log', event.text)
  return undefined
}

async function tellRegularly(pod: PodView, ping: Ping): Promise<void> {
  const trouble = Object.values(pod.status().services).filter(({ state }) => troubled.includes(state))
  const words = trouble.map(
    ({ name, state, reason }) => `${name} is ${state}: ${reason ?? 'no reason known'}`,
  )
  await ping(trouble.length > 0 ? '/fail' : '', words.join('\n') || 'no service has failed')
}

/** A ping never fails the pod: what could not be told is said in the log and in the status. */
function pinger(url: string, timeoutMs: number, retries: number, ctx: ServiceContext): Ping {
  const send = async (suffix: string, body: string) => {
    const signal = AbortSignal.any([ctx.kill, AbortSignal.timeout(timeoutMs)])
    const target = new URL(url)
    target.pathname = `${target.pathname.replace(/\/$/, '')}${suffix}`
    const answer = await fetch(target, {
      method: 'POST',
      body: body.slice(0, bodyLimit),
      redirect: 'error',
      signal,
    })
    await answer.body?.cancel()
    if (!answer.ok) throw new Error(`the check answered ${answer.status}`)
  }
  return async (suffix, body) => {
    try {
      await pRetry(() => send(suffix, body), { retries: ctx.stop.aborted ? 0 : retries, signal: ctx.kill })
      ctx.ready()
    } catch (error) {
      if (!ctx.stop.aborted)
        ctx.notReady(`cannot be told: ${error instanceof Error ? error.message : 'no answer'}`)
    }
  }
}
