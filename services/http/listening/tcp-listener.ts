import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import pRetry from 'p-retry'
import { portOwner } from '../../../supervisor/port-owner.ts'

export interface TcpListenerOptions {
  readonly host: string
  readonly port: number
  readonly retryFirstMs: number
  readonly retryCapMs: number
  /** Told why the port cannot be had, and when it is tried again. */
  onFailure(reason: string): void
}

/** Listens on host and port, trying again until it can or `stop` aborts (then it rejects with its reason). */
export async function listenOnTcp(
  server: Server,
  options: TcpListenerOptions,
  stop: AbortSignal,
): Promise<AddressInfo> {
  const { host, port, retryFirstMs, retryCapMs, onFailure } = options
  const attempt = async () => {
    const listening = once(server, 'listening', { signal: stop })
    server.listen({ host, port, exclusive: true })
    await listening
  }
  await pRetry(attempt, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: retryFirstMs,
    maxTimeout: retryCapMs,
    signal: stop,
    onFailedAttempt: async ({ error, retryDelay }) => {
      const seconds = Math.max(1, Math.round(retryDelay / 1000))
      const reason = await failureReason(error, host, port)
      if (!stop.aborted) onFailure(`${reason}; tried again every ${seconds} s`)
    },
  })
  return server.address() as AddressInfo // a listening TCP server has one
}

async function failureReason(error: Error, host: string, port: number): Promise<string> {
  const code = 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return `port ${port} is taken by ${await portOwner(port)}`
  if (code === 'EACCES') return `port ${port} needs more rights than podmate has; take one above 1023`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `${host} is not an address of this machine`
  return `cannot listen on ${host}:${port}: ${error.message}`
}
