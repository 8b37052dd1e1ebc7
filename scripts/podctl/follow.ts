import { setTimeout as pause } from 'node:timers/promises'
import type { EventSourceMessage } from 'eventsource-parser'
import pRetry from 'p-retry'
import type { Call } from './call.ts'
import type { Client } from './client.ts'
import { exitCodes } from './exit-codes.ts'
import type { Terminal } from './terminal.ts'

export interface Following {
  /** The stream to read; `again` after the connection broke. */
  path(again: boolean): string
  onEvent(event: EventSourceMessage): void
}

const retryMs = 500
const patienceMs = 30_000

/**
 * Reads a stream for as long as podmate lives, connecting again whenever it breaks. Settles with 0 when podmate said
 * that it is going down; rejects when it has not come back for half a minute.
 */
export async function follow(
  connect: Call['connect'],
  terminal: Pick<Terminal, 'err'>,
  following: Following,
): Promise<number> {
  let saidGoodbye = await readThrough(await connect(), following, false)
  while (!saidGoodbye) {
    terminal.err('podctl: the connection broke; connecting again')
    await pause(retryMs)
    saidGoodbye = await pRetry(async () => readThrough(await connect(), following, true), patience)
  }
  terminal.err('podctl: podmate is going down')
  return exitCodes.true
}

const patience = { retries: patienceMs / retryMs, minTimeout: retryMs, factor: 1 } as const

async function readThrough(podmate: Client, { path, onEvent }: Following, again: boolean): Promise<boolean> {
  let saidGoodbye = false
  for await (const event of podmate.stream(path(again))) {
    if (event.event === 'end') saidGoodbye = true
    else onEvent(event)
  }
  return saidGoodbye
}
