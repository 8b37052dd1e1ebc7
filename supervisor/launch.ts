import { type ChildProcess, spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

export interface ProgramOptions {
  readonly command: string
  readonly args?: readonly string[]
  readonly cwd?: string
  readonly env: Readonly<Record<string, string>>
  /** Drops to this account; absent = stays who we are. */
  readonly user?: { readonly uid: number; readonly gid: number }
  /** Higher is killed earlier when memory runs out; -1000 to 1000. */
  readonly oomScoreAdj?: number
}

export interface Program {
  readonly process: ChildProcess
  /** Why the program could not begin (folder missing, command not found); empty when it did. */
  readonly startFailure: Promise<string>
}

/** Of another account: what it writes others can read and only itself change, however podmate was started. */
const usualUmask = '022'

/**
 * The launcher enters the folder and looks for the program itself: `spawn` with a `cwd` on a hung volume would block
 * the supervisor until the volume answers. Descriptor 3 carries its words and is closed before the program begins.
 */
const launcher = `
[ -z "$2" ] || umask "$2"
[ -z "$1" ] || echo "$1" 2>/dev/null >/proc/self/oom_score_adj
[ -z "$3" ] || cd -- "$3" 2>/dev/null || { echo "the working folder $3 is missing or may not be entered" >&3; exit 125; }
shift 3
case "$1" in
  */*) [ -e "$1" ] || { echo "$1: command not found (ENOENT)" >&3; exit 127; }
       [ -x "$1" ] && [ ! -d "$1" ] || { echo "$1: not executable (EACCES)" >&3; exit 126; };;
  *) command -v -- "$1" >/dev/null || { echo "$1: command not found (ENOENT)" >&3; exit 127; };;
esac
exec 3>&-
exec "$@"
`

/** Starts a program as the leader of its own process group. Rejects when not even the launcher can be started. */
export async function launch(options: ProgramOptions): Promise<Program> {
  const { command, args = [], cwd = '', env, user, oomScoreAdj = '' } = options
  const umask = user ? usualUmask : '' // who stays who he is keeps what he has chosen
  const child = spawn(
    '/bin/sh',
    ['-c', launcher, 'launcher', `${oomScoreAdj}`, umask, cwd, command, ...args],
    {
      cwd: '/',
      detached: true,
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      ...user,
    },
  )
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  const words = child.stdio[3]
  const said =
    words && 'readable' in words && words.readable
      ? text(words as NodeJS.ReadableStream)
      : Promise.resolve('') // a pipe, as asked for above
  return { process: child, startFailure: said.then((line) => line.trim()) }
}
