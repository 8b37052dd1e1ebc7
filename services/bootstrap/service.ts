import { isAbsolute, relative } from 'node:path'
import type { JsonObject, Service, ServiceContext } from '../../supervisor/service.ts'
import type { AccountNumbers, Order } from './orders.ts'
import { runPhase } from './run-phase.ts'
import { timeLimit } from './time-limit.ts'

export interface BootstrapOptions {
  /** REPO_DIR and VENV_DIR, absolute. */
  readonly dir: string
  readonly venv: string
  readonly url?: string | undefined
  readonly ref?: string | undefined
  readonly clone: boolean
  readonly pull: boolean
  readonly sync: boolean
  readonly submodules: boolean
  readonly lfs: boolean
  readonly force: boolean
  /** Relative to `dir`, or absolute; undefined = requirements.txt, if there is one. */
  readonly requirementsFile?: string | undefined
  readonly timeoutMs: number
  /** What podmate itself keeps, absolute: a `dir` with nothing but these counts as empty. */
  readonly ownPaths: readonly string[]
  /** Who gets the folders that have to be made; undefined = whoever runs podmate. */
  readonly account?: AccountNumbers | undefined
  /** What git and pip see: the user's environment without secrets, thread caps, and HOME of whoever runs podmate. */
  readonly env: Readonly<Record<string, string>>
  /** The pause before an unreachable remote is tried again; 1 s. */
  readonly retryMs?: number
}

/**
 * Brings REPO_DIR to REPO_URL and VENV_DIR to its requirements, then is completed. What fails is tried again by the
 * supervisor's backoff for as long as the pod lives; services that need it are blocked with its reason meanwhile.
 */
export function bootstrap(options: BootstrapOptions): Service {
  return {
    name: 'bootstrap',
    kind: 'task',
    stopTier: 'work',
    restart: 'on-failure',
    ...(hasNothingToDo(options) ? { disabled: nothingAsked } : {}),
    run: (ctx) => runPhases(options, ctx),
  }
}

const nothingAsked =
  'REPO_URL is not set; set it, or set GIT_AUTO_PULL=1 or SYNC_REQUIREMENTS_ON_START=1 for what is in REPO_DIR'

/** Nobody asked for anything: then nobody's checkout is pulled and nothing is installed by surprise. */
export function hasNothingToDo({
  url,
  pull,
  sync,
}: Pick<BootstrapOptions, 'url' | 'pull' | 'sync'>): boolean {
  return url === undefined && !pull && !sync
}

async function runPhases(options: BootstrapOptions, ctx: ServiceContext): Promise<void> {
  const limit = timeLimit(options.timeoutMs, ctx)
  let details: JsonObject = {}
  const onReport = (part: string, facts: JsonObject) => {
    details = { ...details, [part]: facts }
    ctx.report(details)
  }
  try {
    const [repo, requirements] = ordersOf(options)
    await runPhase(repo, { env: options.env, limit, onReport }, ctx)
    if (!options.sync) onReport('requirements', { state: 'off', why: 'SYNC_REQUIREMENTS_ON_START is 0' })
    else if (!ctx.stop.aborted) await runPhase(requirements, { env: options.env, limit, onReport }, ctx)
  } finally {
    limit.end()
  }
}

/** What the program is asked to do, one run after the other: each becomes the owner of what it works on. */
export function ordersOf(options: BootstrapOptions): readonly [Order, Order] {
  const { dir, venv, url, ref, account, clone, pull, submodules, lfs, force, retryMs = 1000 } = options
  const { requirementsFile = 'requirements.txt' } = options
  const who = account ? { account } : {}
  return [
    {
      phase: 'repo',
      order: {
        ...{ dir, clone, pull, submodules, lfs, requirementsFile, retryMs, ...who },
        ...{ ours: namesIn(dir, [venv, ...options.ownPaths]) },
        ...(url === undefined ? {} : { url }),
        ...(ref === undefined ? {} : { ref }),
      },
    },
    {
      phase: 'requirements',
      order: {
        ...{ dir, venv, force, requirementsFile, ...who },
        fileGiven: options.requirementsFile !== undefined,
      },
    },
  ]
}

/** The names in a folder that lead to the paths inside it. */
function namesIn(dir: string, paths: readonly string[]): readonly string[] {
  return paths
    .map((path) => relative(dir, path))
    .filter((way) => way !== '' && !isAbsolute(way))
    .map((way) => way.split('/')[0] ?? '')
    .filter((name) => name !== '..')
}
