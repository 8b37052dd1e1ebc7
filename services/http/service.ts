import type { Service } from '../../supervisor/service.ts'
import type { HttpOptions } from './options.ts'

export type { HttpOptions, HttpTimings } from './options.ts'

/**
 * The one HTTP server of the pod: the same routes on a unix socket, where nobody is asked for a token, and on TCP.
 * A taken port leaves it degraded with the socket in service; a socket that a living podmate holds ends the run.
 */
export function http(options: HttpOptions): Service {
  return {
    name: 'http',
    kind: 'service',
    stopTier: 'tools',
    restart: 'always',
    async run(ctx) {
      // What it takes is loaded when it runs: sshd has the thread before it.
      const { serve } = await import('./serve.ts')
      await serve(options, ctx)
    },
  }
}
