import { execFile } from 'node:child_process'
import { settledWithin } from '../../supervisor/time.ts'

export interface ReadCommitOptions {
  /** Who owns the repository, as far as that is known. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
  /** Where git is. */
  readonly path: string | undefined
}

const limitMs = 5000

/**
 * The commit that is checked out in a folder; null: it is in no repository, or nothing was committed; undefined: git has
 * not answered within 5 s. Never rejects, and waits for no volume.
 */
export async function readCommit(
  dir: string,
  { user, path }: ReadCommitOptions,
): Promise<string | null | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | null>()
  // `-C` and no working folder: to change into a folder of a volume that hangs is left to git.
  const words = ['-c', 'safe.directory=*', '-C', dir, 'rev-parse', '--verify', '--quiet', 'HEAD^{commit}']
  const env = { PATH: path ?? '/usr/bin:/bin', GIT_CONFIG_GLOBAL: '/dev/null', GIT_OPTIONAL_LOCKS: '0' }
  const git = execFile(
    'git',
    words,
    { env, cwd: '/', killSignal: 'SIGKILL', timeout: limitMs, ...user },
    (error, out) => resolve(error ? null : out.trim() || null),
  )
  const isDone = await settledWithin(promise, limitMs - 500)
  if (isDone) return promise
  git.kill('SIGKILL')
  git.unref()
  return undefined
}
