import type { Account } from '../../supervisor/account.ts'
import { runChild } from '../../supervisor/child.ts'
import { connectedProcesses, isListenedOn, portOwner } from '../../supervisor/port-owner.ts'
import type { ServiceContext } from '../../supervisor/service.ts'
import { bannerProbe } from './banner.ts'
import { sshdDetails } from './details.ts'
import { endFormerListener } from './former-listener.ts'
import { addKeysToHome } from './home-keys.ts'
import type { HostKeys } from './host-keys.ts'
import type { SshdOptions } from './options.ts'
import { prepare } from './prepare.ts'
import { makeRunFolder, runFolders } from './run-folder.ts'

export interface ListenerOptions {
  readonly options: SshdOptions
  readonly sshd: string
  readonly accounts: readonly Account[]
  readonly keyLines: readonly string[]
  readonly environment: string
  readonly ring: HostKeys
  /** What is wrong already, for the status. */
  readonly problems: readonly string[]
  warn(text: string): void
}

/** One round of sshd. Gives true when it ended only to be started anew with other host keys. */
export function listener(parts: ListenerOptions): (ctx: ServiceContext) => Promise<boolean> {
  const { port, stateDir } = parts.options
  const { sshd, ring } = parts
  return async (ctx) => {
    if (await isListenedOn(port)) await endFormerListener(port, runFolders(stateDir))
    if (await isListenedOn(port)) throw new Error(`port ${port} is taken by ${await portOwner(port)}`)
    const folder = await makeRunFolder(runFolders(stateDir))
    const hostKeys = await ring.install(folder, ctx.stop)
    const hostKeyPaths = hostKeys.map(({ path }) => path)
    const config = await prepare({ ...parts, port, folder, hostKeyPaths })
    for (const { type, fingerprint } of hostKeys) ctx.log.info({ type, fingerprint }, 'host key')
    const tell = reporter(parts, hostKeys, ctx)
    void fillHomes(parts, tell, ctx)
    const renew = new AbortController()
    const over = new AbortController()
    const onAnswer = (isOutdated: boolean) => {
      if (over.signal.aborted) return
      tell({})
      if (!isOutdated) return
      ctx.notReady('sshd is started anew with other host keys')
      renew.abort()
    }
    ring.outdated(folder, AbortSignal.any([ctx.stop, over.signal])).then(onAnswer, (error: unknown) => {
      parts.warn(`the SSH host keys could not be completed: ${String(error)}`)
    })
    const { probe, isTrace } = bannerProbe(port)
    try {
      await runChild(
        {
          ...{ command: sshd, args: ['-D', '-e', '-f', config], env: ownEnvironment },
          ...{ readiness: probe, hides: isTrace, handedOver: () => connectedProcesses(port) },
        },
        { ...ctx, stop: AbortSignal.any([ctx.stop, renew.signal]) },
      )
    } finally {
      over.abort()
    }
    return renew.signal.aborted && !ctx.stop.aborted
  }
}

interface News {
  readonly account?: string
  readonly keys?: number
  readonly problem?: string
}

/** Adds what is new to the details in /status. */
function reporter(
  { options, accounts, problems }: ListenerOptions,
  hostKeys: Parameters<typeof sshdDetails>[1]['hostKeys'],
  ctx: ServiceContext,
): (news: News) => void {
  const keysOf = new Map<string, number | undefined>(accounts.map(({ name }) => [name, undefined]))
  const found = [...problems]
  return ({ account, keys, problem }) => {
    if (account !== undefined) keysOf.set(account, keys)
    if (problem !== undefined) found.push(problem)
    ctx.report(sshdDetails(options, { hostKeys, keysOf, problems: found }))
  }
}

const ownEnvironment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' }

/** Adds the keys to the homes while sshd is up already: a home may be slow, and podmate's own list lets in meanwhile. */
async function fillHomes(
  { accounts, keyLines, warn }: ListenerOptions,
  tell: ReturnType<typeof reporter>,
  ctx: ServiceContext,
): Promise<void> {
  tell({})
  const filled = accounts.map(async (account) => {
    const { name, home } = account
    try {
      tell({ account: name, keys: await addKeysToHome(account, keyLines, ctx.program.mark) })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const problem = `keys could not be added to ${home}/.ssh/authorized_keys (${name} can log in all the same): ${reason}`
      warn(problem)
      tell({ problem })
    }
  })
  await Promise.all(filled)
}
