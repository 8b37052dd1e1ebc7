import type { Service, ServiceContext } from '../../supervisor/service.ts'
import { aborted } from '../../supervisor/time.ts'
import { servedAccounts } from './accounts.ts'
import { authorizedKeys } from './authorized-keys.ts'
import { findPrograms } from './find-program.ts'
import { hostKeys } from './host-keys.ts'
import { listener } from './listener.ts'
import { keepLoginPath, pathVariable } from './login-path.ts'
import type { SshdOptions } from './options.ts'
import { sessionEnvironment } from './session-environment.ts'
import { unlockAccounts } from './unlock-accounts.ts'
import { whyDisabled } from './why-disabled.ts'

/** How long a start waits for the host keys of the state folder. */
const hostKeysMs = 300

/**
 * Lets the owner in: a real OpenSSH server, by public key only. Waits for nobody, and open sessions outlive its
 * restarts; they end with the pod.
 */
export function sshd(options: SshdOptions): Service {
  const keys = authorizedKeys(options.keys)
  const obstacle = () => whyDisabled(options.port, keys, findPrograms(options.programFolders))
  // Who asked for it by name is not ready without it.
  const disabled = options.isAsked ? undefined : obstacle()
  const said = new Set<string>()
  const warner = (ctx: ServiceContext) => (text: string) => {
    if (!said.has(text)) ctx.log.warn(text)
    said.add(text)
  }
  let ring: ReturnType<typeof hostKeys> | undefined
  return {
    name: 'sshd',
    stopTier: 'access',
    restart: 'always',
    ...(disabled === undefined ? {} : { disabled }),
    async run(ctx) {
      const warn = warner(ctx)
      const missing = obstacle()
      if (missing !== undefined) {
        warn(missing)
        ctx.notReady(missing)
        await aborted(ctx.stop)
        return
      }
      const { accounts, problems } = servedAccounts(options.accounts)
      const environment = sessionEnvironment(forSessions(options, ctx))
      ring ??= hostKeys({ files: options.files, rsa: options.rsaHostKey, waitMs: hostKeysMs, warn })
      const allProblems = [...keys.problems, ...problems, ...(await openDoors(accounts))]
      if (environment.skipped.length > 0)
        allProblems.push(
          `no shell can hold a variable of such a name, so SSH sessions go without: ${environment.skipped.join(', ')}`,
        )
      for (const text of allProblems) warn(text)
      const run = listener({
        ...{ options, accounts, warn, ring, problems: allProblems, keyLines: keys.lines },
        ...{ sshd: findPrograms(options.programFolders).sshd ?? '', environment: environment.text },
      })
      // Each round but the last ends because other host keys are to be used.
      while (await run(ctx));
    },
  }
}

function forSessions({ env, keys }: SshdOptions, ctx: ServiceContext): Record<string, string> {
  const own = new Set(keys.map(({ variable }) => variable))
  const theirs = Object.entries(env).filter(([name]) => !own.has(name))
  return {
    ...Object.fromEntries(theirs),
    ...(env.PATH === undefined ? {} : { [pathVariable]: env.PATH }),
    // Whatever a session leaves behind is found by it when the pod ends.
    ...ctx.program.mark,
  }
}

/** Makes the machine fit for logins; gives what could not be done. */
async function openDoors(accounts: Parameters<typeof unlockAccounts>[0]): Promise<readonly string[]> {
  const path = keepLoginPath()
  const locked = await unlockAccounts(accounts).then(
    () => undefined,
    (error: unknown) => `locked accounts could not be opened for keys, run \`usermod -p '*' NAME\`: ${error}`,
  )
  const lost = path && `login shells take the PATH of /etc/profile, not that of the container: ${path}`
  return [locked, lost].filter((problem) => problem !== undefined)
}
