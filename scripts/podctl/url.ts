import { readEnvironment } from '../../environment.ts'
import type { PodStatus } from '../../supervisor/status.ts'
import type { Call } from './call.ts'
import type { Client } from './client.ts'
import { exitCodes, PodctlError } from './exit-codes.ts'

/** Prints the address of the page with the token in it. */
export async function url({ env, terminal, connect }: Call): Promise<number> {
  const podmate = await connect()
  const { place } = podmate
  if ('url' in place) {
    terminal.out(withToken(place.url, place.token))
    return exitCodes.true
  }
  const { token } = (await podmate.get('/token')) as { token: string } // the route's schema
  const listening = await addressOf(podmate)
  terminal.out(
    withToken(publicAddress(listening, readEnvironment(env).values.platform?.RUNPOD_POD_ID), token),
  )
  return exitCodes.true
}

async function addressOf(podmate: Client): Promise<URL> {
  const { services } = (await podmate.get('/status')) as PodStatus // both ends are of one version
  const address = services.http?.details?.url
  if (typeof address === 'string') return new URL(address)
  const reason = services.http?.reason ?? 'it is still starting'
  throw new PodctlError(exitCodes.notTrue, `podmate has no address yet: ${reason}`)
}

/** The address as a browser reaches it: by RunPod's proxy in a pod, by the loopback when all addresses are listened on. Pure. */
export function publicAddress(listening: URL, podId: string | undefined): URL {
  if (podId !== undefined) return new URL(`https://${podId}-${listening.port || '80'}.proxy.runpod.net/`)
  const address = new URL(listening)
  if (address.hostname === '0.0.0.0' || address.hostname === '[::]') address.hostname = '127.0.0.1'
  return address
}

/** An address with a token in it. Pure. */
export function withToken(address: URL, token: string | undefined): string {
  const complete = new URL(address)
  if (token !== undefined) complete.searchParams.set('token', token)
  return complete.href
}
