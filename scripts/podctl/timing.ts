import type { Timing } from '../../supervisor/timing.ts'
import type { Call } from './call.ts'
import { exitCodes } from './exit-codes.ts'
import { table } from './table.ts'

/** Prints when each service was started, said its first word and was ready, and what the start waited for. */
export async function timing({ terminal, connect }: Call): Promise<number> {
  const answer = (await (await connect()).get('/timing')) as Timing // both ends are of one version
  for (const line of timingLines(answer)) terminal.out(line)
  return exitCodes.true
}

/** The timing as lines of text. Pure. */
export function timingLines({ services, criticalChain, allReadyMs }: Timing): readonly string[] {
  const rows = services.map(({ service, startedMs, firstLogMs, readyMs, tookMs }) => [
    service,
    ...[startedMs, firstLogMs, readyMs, tookMs].map(milliseconds),
  ])
  return [
    ...table([['SERVICE', 'STARTED', 'FIRST LOG', 'READY', 'TOOK'], ...rows]),
    '',
    `critical chain: ${criticalChain.join(' → ') || 'none yet'}`,
    `all ready after: ${milliseconds(allReadyMs)}`,
  ]
}

function milliseconds(value: number | null): string {
  return value === null ? '-' : `${Math.round(value)} ms`
}
