import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** Settles when an SSH server greets at the port; rejects when `stop` aborts first. */
export async function untilGreeted(port: number, stop: AbortSignal): Promise<void> {
  for (;;) {
    stop.throwIfAborted()
    const socket = connect(port, '127.0.0.1')
    const greeting = await once(socket, 'data', { signal: stop }).then(String, () => '')
    socket.destroy()
    if (greeting.startsWith('SSH-2.0-')) return
    await pause(10)
  }
}
