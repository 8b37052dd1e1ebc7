import { dirname } from 'node:path'
import pRetry from 'p-retry'
import { BootstrapFailure } from '../exit-codes.ts'
import { gitFailure } from './git-failure.ts'
import { runTool } from './tool.ts'

/** Never asks, never waits for ever, and runs no program that a configuration names. */
const settings: Readonly<Record<string, string>> = {
  'credential.helper': '',
  'core.askPass': '',
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  // Cleaning up would go on in the background, after the task has ended.
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'http.lowSpeedLimit': '1000',
  'http.lowSpeedTime': '30',
  'advice.detachedHead': 'false',
}

const networkTries = 3

export interface Git {
  /** What git printed; rejects with a BootstrapFailure when it failed. */
  run(...args: readonly string[]): Promise<string>
  /** What git printed, or undefined when it failed: for questions whose answer may be no. */
  ask(...args: readonly string[]): Promise<string | undefined>
  /** `run` for what talks to the remote: tried again while the remote cannot be reached. */
  network(...args: readonly string[]): Promise<string>
}

/** git in one folder, as the account that this program is; `given` has its HOME. */
export function gitIn(dir: string, given: NodeJS.ProcessEnv, retryMs: number): Git {
  const env = gitEnvironment(given, dir)
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const git = (args: readonly string[], logAs?: string) =>
    runTool('git', [...options, ...args], { cwd: dir, env, ...(logAs ? { logAs } : {}) })
  const run = async (args: readonly string[], logAs?: string) => {
    const end = await git(args, logAs)
    if (!end.ok) throw gitFailure(args[0] ?? '', end)
    return end.stdout.trimEnd()
  }
  return {
    run: (...args) => run(args),
    ask: async (...args) => {
      const end = await git(args)
      if (end.words.includes('ENOENT')) throw gitFailure(args[0] ?? '', end)
      return end.ok ? end.stdout.trimEnd() : undefined
    },
    network: (...args) =>
      pRetry(() => run(args, args[0] === 'ls-remote' ? undefined : 'git'), {
        retries: networkTries - 1,
        minTimeout: retryMs,
        shouldRetry: ({ error }) => error instanceof BootstrapFailure && error.kind === 'unreachable',
      }),
  }
}

/** The environment of git: the given one without what would send it elsewhere. */
export function gitEnvironment(env: NodeJS.ProcessEnv, dir: string): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => !/^(GIT_(?!SSL_)|SSH_)/.test(name))
  return {
    ...Object.fromEntries(own),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: 'file:git:http:https',
    // A folder without .git inside somebody's repository is not that repository.
    GIT_CEILING_DIRECTORIES: dirname(dir),
  }
}
