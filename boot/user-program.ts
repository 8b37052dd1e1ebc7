import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type Variables, withoutSecrets } from '../environment/secrets.ts'
import { type Account, accountProblem, findAccount } from '../supervisor/account.ts'
import { cgroupLimits } from '../supervisor/cgroup.ts'
import { type ThreadLimits, threadCaps } from '../supervisor/thread-caps.ts'
import type { Setup } from './run-pod.ts'

/** How a program of the user is run: as whom, and what it sees. */
export interface UserProgram {
  /** The container's environment without secrets, except those in `pass`; with thread caps where they are needed. */
  readonly env: Readonly<Record<string, string>>
  /** RUNNER_USER; undefined = whoever runs podmate. */
  readonly user: Account | undefined
  /** Secrets that it does not see. */
  readonly withheld: readonly string[]
}

/** `home`: a session of SSH has the home of whoever logs in, everything else that of RUNNER_USER. */
export function userProgram(
  setup: Setup,
  pass: readonly string[] = [],
  home: "RUNNER_USER's home" | 'keeps its own home' = "RUNNER_USER's home",
): UserProgram {
  const { env, withheld } = withoutSecrets(usersOwn(setup.env), pass)
  const user = accountOf(setup)
  const identity = user && home === "RUNNER_USER's home" ? homeOf(user) : {}
  return { env: { ...env, ...threadCaps(threadLimits(), env), ...identity }, user, withheld }
}

/** Where programs are when nobody says it; an empty PATH would mean the current folder. */
const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** The same environment, in which programs of VENV_DIR are found first. */
export function withVenv(env: UserProgram['env'], { core }: Setup): Readonly<Record<string, string>> {
  return { ...env, PATH: `${join(core.VENV_DIR, 'bin')}:${env.PATH || systemPath}` }
}

/**
 * The same environment, in which programs of VENV_DIR are found last: root logs in with it, and must not run whatever
 * RUNNER_USER puts there under the name of a system program.
 */
export function venvLast(env: UserProgram['env'], { core }: Setup): Readonly<Record<string, string>> {
  return { ...env, PATH: `${env.PATH || systemPath}:${join(core.VENV_DIR, 'bin')}` }
}

export function accountOf({ core }: Setup): Account | undefined {
  const name = core.RUNNER_USER
  return name === undefined || accountProblem(name) ? undefined : findAccount(name)
}

export function threadLimits(): ThreadLimits {
  return { ...cgroupLimits(), visibleCores: availableParallelism() }
}

/**
 * Without what npm adds for its own scripts, what is meant for podmate's own Node alone, the token of a job, which the
 * trainer gets from the jobs, and the keys of SSH: other programs misread PUBLIC_KEY, and somebody may have put a private
 * key there.
 */
function usersOwn(env: Variables): Variables {
  const added = /^(npm_.*|INIT_CWD|NODE_COMPILE_CACHE|JOB_TOKEN|AUTHORIZED_KEYS|PUBLIC_KEY|SSH_PUBLIC_KEY)$/
  return Object.fromEntries(Object.entries(env).filter(([name]) => !added.test(name)))
}

function homeOf(account: Account): Record<string, string> {
  return { HOME: account.home, USER: account.name, LOGNAME: account.name }
}
