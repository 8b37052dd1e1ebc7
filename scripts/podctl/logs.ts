import type { LogLine } from '../../supervisor/pod.ts'
import type { Call } from './call.ts'
import { exitCodes, PodctlError } from './exit-codes.ts'
import { harmless } from './terminal.ts'

/** Prints the last lines of one service, or of all. */
export async function logs({ positionals, options, terminal, connect }: Call): Promise<number> {
  const lines = lineCount(options.lines ?? '100')
  const answer = await (await connect()).get(`/logs${servicePath(positionals[0])}?lines=${lines}`)
  for (const line of (answer as { lines: readonly LogLine[] }).lines) terminal.out(logText(line)) // the route's schema
  return exitCodes.true
}

/** One log line as podctl prints it: time of day (UTC), service, text. */
export function logText({ at, service, text }: LogLine): string {
  return `${new Date(at).toISOString().slice(11, 23)} ${service}: ${harmless(text)}`
}

/** `/trainer`, or nothing for all services. */
export function servicePath(service: string | undefined): string {
  return service === undefined ? '' : `/${encodeURIComponent(service)}`
}

/** The value of `-n`, checked. */
export function lineCount(text: string): number {
  if (/^(\d{1,3}|1000)$/.test(text)) return Number(text)
  throw new PodctlError(exitCodes.usage, `-n must be a whole number from 0 to 1000, not "${text}"`)
}
