import { once } from 'node:events'
import { connect } from 'node:net'
import type { Probe } from '../../supervisor/probe.ts'

export interface BannerProbe {
  /** Passes when an SSH server greets at the port. */
  readonly probe: Probe
  /** Whether a line of sshd's log is about one of these visits. */
  isTrace(line: string): boolean
}

/** Any other program that answers there does not count. */
export function bannerProbe(port: number): BannerProbe {
  let ports: readonly number[] = []
  return {
    async probe(signal) {
      const socket = connect({ port, host: '127.0.0.1', signal })
      try {
        await once(socket, 'connect', { signal })
        ports = [...ports.slice(-20), socket.localPort ?? 0]
        const [first] = await once(socket, 'data', { signal })
        const line = String(first).split('\r\n', 1)[0] ?? ''
        if (!line.startsWith('SSH-2.0'))
          throw new Error(`what answers at port ${port} is no SSH server: "${line.slice(0, 40)}"`)
        // A visitor who says nothing is one line more in sshd's log.
        socket.end('SSH-2.0-podmate\r\n')
      } finally {
        socket.destroySoon()
      }
    },
    isTrace: (line) => ports.some((visitor) => line.includes(`127.0.0.1 port ${visitor}`)),
  }
}
