import { portOwner } from '../../supervisor/port-owner.ts'
import type { Service, ServiceContext } from '../../supervisor/service.ts'
import { pause } from '../../supervisor/time.ts'
import { publicPorts } from './public-ports.ts'

export interface PortsOptions {
  /** The ports that may be open to other machines; undefined switches the service off. */
  readonly allowed: readonly number[] | undefined
  readonly everyMs?: number
  readonly proc?: string
}

/** Watches which TCP ports other machines can reach: not ready while one is open that nobody allowed. */
export function ports({ allowed, everyMs = 10_000, proc }: PortsOptions): Service {
  return {
    name: 'ports',
    ...(allowed ? {} : { disabled: 'OPEN_PORTS is not set' }),
    stopTier: 'tools',
    async run(ctx) {
      while (!ctx.stop.aborted) {
        await look(ctx, allowed ?? [], proc).catch((error: unknown) =>
          ctx.notReady(`it cannot be told which ports are open to other machines (${error})`),
        )
        await pause(everyMs, ctx.stop)
      }
    },
  }
}

async function look(ctx: ServiceContext, allowed: readonly number[], proc?: string): Promise<void> {
  const open = await publicPorts(proc)
  const strange = open.filter((port) => !allowed.includes(port))
  if (strange.length === 0) ctx.ready()
  else ctx.notReady((await Promise.all(strange.map((port) => sentence(port, proc)))).join('; '))
  ctx.report({ public_ports: [...open] })
}

async function sentence(port: number, proc?: string): Promise<string> {
  const remedy = `let it listen on 127.0.0.1, or add ${port} to OPEN_PORTS`
  return `port ${port} is open to other machines, by ${await portOwner(port, proc)}: ${remedy}`
}
