import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Probe } from '../../supervisor/probe.ts'

export interface BannerProbe {
  /** Passes when an SSH server greets at the port; any other program that answers there does not count. */
  readonly probe: Probe
  /** Whether a line of sshd's log is about one of these visits. */
  isTrace(line: string): boolean
}

/** Visits by which nobody is disturbed: sshd writes a line about each, and `isTrace` knows them. */
export function bannerProbe(port: number): BannerProbe {
  let visits: readonly number[] = []
  return {
    async probe(signal) {
      const socket = connect({ port, host: '127.0.0.1' })
      try {
        await once(socket, 'connect', { signal })
        visits = [...visits.slice(-20), socket.localPort ?? 0]
        const line = await firstLine(socket, signal)
        if (line === undefined) throw new Error(`port ${port} was closed without a greeting`)
        if (!line.startsWith('SSH-2.0-'))
          throw new Error(`what answers at port ${port} is no SSH server: "${line.slice(0, 40)}"`)
        // About a visitor who leaves without a word sshd writes a line more, and one that names no port.
        socket.end('SSH-2.0-podmate\r\n')
      } finally {
        socket.on('error', () => {}) // nothing that comes now matters
        socket.destroySoon()
      }
    },
    isTrace: (line) => visits.some((visitor) => new RegExp(`127\\.0\\.0\\.1 port ${visitor}\\b`).test(line)),
  }
}

/** Undefined when the other end closes first. */
async function firstLine(socket: Socket, signal: AbortSignal): Promise<string | undefined> {
  let text = ''
  const closed = once(socket, 'end', { signal }).then(() => undefined)
  closed.catch(() => {}) // asked for below, if at all
  while (!text.includes('\n')) {
    const chunk = await Promise.race([once(socket, 'data', { signal }), closed])
    if (chunk === undefined) return text === '' ? undefined : text
    text += String(chunk[0])
  }
  return text.split(/\r?\n/, 1)[0]
}
