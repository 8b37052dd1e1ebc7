import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('./program/main.ts', import.meta.url))

/** Where a checkpoint is looked for. */
export interface CheckpointSearch {
  readonly dirs: readonly string[]
  /** Also takes plain models (`.pt`, `.pth`, `.safetensors`) when there is no training state. */
  readonly models: boolean
}

/** What was found, and what had to be passed over. */
export interface FoundCheckpoint {
  readonly path: string | undefined
  readonly passedOver: readonly { readonly path: string; readonly reason: string }[]
}

export interface FinderOptions {
  readonly env: Readonly<Record<string, string>>
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
  /** A volume that has not answered by then has no checkpoint for us. */
  readonly deadlineMs: number
}

/**
 * The newest whole checkpoint: a `checkpoint-<step>` folder of Hugging Face, or a `.ckpt` file. Read in a process of its own:
 * a volume may hang. Rejects when that process fails or is too late.
 */
export async function findCheckpoint(
  search: CheckpointSearch,
  { env, user, deadlineMs }: FinderOptions,
): Promise<FoundCheckpoint> {
  const child = fork(program, [], {
    cwd: '/',
    detached: true,
    env: { ...env },
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    ...(user ? { uid: user.uid, gid: user.gid } : {}),
  })
  const answer = Promise.withResolvers<FoundCheckpoint>()
  child.once('message', (found: FoundCheckpoint) => answer.resolve(found))
  child.once('error', answer.reject)
  child.once('exit', (code, signal) =>
    answer.reject(new Error(`the search for a checkpoint ended with ${signal ?? `exit ${code}`}`)),
  )
  const late = setTimeout(
    () => answer.reject(new Error(`${search.dirs.join(', ')} did not answer within ${deadlineMs / 1000} s`)),
    deadlineMs,
  )
  child.send(search)
  try {
    return await answer.promise
  } finally {
    clearTimeout(late)
    child.kill('SIGKILL')
    if (child.connected) child.disconnect()
    child.unref() // one that hangs in a file call cannot even be killed
  }
}
