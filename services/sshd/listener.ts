import type { Account } from '../../supervisor/account.ts'
import { runChild } from '../../supervisor/child.ts'
import { connectedProcesses, isListenedOn, portOwner } from '../../supervisor/port-owner.ts'
import type { ServiceContext } from '../../supervisor/service.ts'
import { bannerProbe } from './banner.ts'
import { sshdDetails } from './details.ts'
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
    if (await isListenedOn(port)) throw new Error(`port ${port} is taken by ${await portOwner(port)}`)
    const folder = await makeRunFolder(runFolders(stateDir))
    const hostKeys = await ring.install(folder, ctx.stop)
    const hostKeyPaths = hostKeys.map(({ path }) => path)
    const config = await prepare({ ...parts, port, folder, hostKeyPaths })
    for (const { type, fingerprint } of hostKeys) ctx.log.info({ type, fingerprint }, 'host key')
    void fillHomes(parts, hostKeys, ctx)
    const renew = new AbortController()
    const over = new AbortController()
    const onOutdated = () => {
      if (over.signal.aborted) return
      ctx.notReady('sshd is started anew with other host keys')
      renew.abort()
    }
    ring.outdated(folder, AbortSignal.any([ctx.stop, over.signal])).then(onOutdated, (error: unknown) => {
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

const ownEnvironment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' }

/** Adds the keys to the homes while sshd is up already: a home may be slow, and podmate's own list lets in meanwhile. */
async function fillHomes(
  { options, accounts, keyLines, problems, warn }: ListenerOptions,
  hostKeys: Parameters<typeof sshdDetails>[1]['hostKeys'],
  ctx: ServiceContext,
): Promise<void> {
  const keysOf = new Map<string, number | undefined>(accounts.map(({ name }) => [name, undefined]))
  const found = [...problems]
  const tell = () => ctx.report(sshdDetails(options, { hostKeys, keysOf, problems: found }))
  tell()
  const filled = accounts.map(async (account) => {
    const { name, home } = account
    try {
      keysOf.set(name, await addKeysToHome(account, keyLines, ctx.program.mark))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const problem = `keys could not be added to ${home}/.ssh/authorized_keys (${name} can log in all the same): ${reason}`
      found.push(problem)
      warn(problem)
    }
    tell()
  })
  await Promise.all(filled)
}
