import { constants, lstatSync, readlinkSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { type FileIdentity, identityOf, isSame } from './file-identity.ts'
import { HubProblem } from './hub/hub-problem.ts'

/** A version of a file that was seen. */
export interface FileAt {
  readonly path: string
  readonly identity: FileIdentity
}

// NONBLOCK: opening a named pipe would wait for its writer.
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Opens exactly this version, through no link. Rejects with a HubProblem `changed-file` when it is another one by now. */
export async function openFile({ path, identity }: FileAt): Promise<FileHandle> {
  const handle = await open(path, flags).catch((cause: unknown) => {
    throw changedFile(path, cause)
  })
  try {
    const stats = await handle.stat()
    if (!stats.isFile() || !isSame(identityOf(stats), identity) || isElsewhere(handle, path))
      throw changedFile(path)
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Rejects like `openFile` when the open file, or what has its name, is no longer this version. */
export async function checkOpenFile(handle: FileHandle, { path, identity }: FileAt): Promise<void> {
  if (!isSame(identityOf(await handle.stat()), identity)) throw changedFile(path)
  if (!isStill({ path, identity })) throw changedFile(path)
}

/** Whether a path still has this version of its file. */
export function isStill({ path, identity }: FileAt): boolean {
  const now = lookAgain(path)
  return now !== undefined && isSame(now, identity)
}

/** What is at a path now, if it is a regular file that can be seen. */
export function lookAgain(path: string): FileIdentity | undefined {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false })
    return stats?.isFile() ? identityOf(stats) : undefined
  } catch {
    return undefined // the next scan says why
  }
}

export function changedFile(path: string, cause?: unknown): HubProblem {
  return new HubProblem(
    'changed-file',
    `${path} changed while it was read: it is taken up again when it has settled`,
    {
      path,
      cause,
    },
  )
}

/** Linux says where an open file is: a folder on its way that became a link since shows there. */
function isElsewhere(handle: FileHandle, path: string): boolean {
  return process.platform === 'linux' && readlinkSync(`/proc/self/fd/${handle.fd}`) !== path
}
