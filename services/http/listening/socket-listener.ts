import { once } from 'node:events'
import { chown, lstat, unlink } from 'node:fs/promises'
import type { Server } from 'node:net'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { PodError } from '../../../supervisor/errors.ts'
import { socketFolder } from './socket-folder.ts'
import { groupSocket } from './socket-paths.ts'

export interface SocketListening {
  /** The path that is listened on; undefined when none could be bound. */
  readonly path: string | undefined
  /** Why the paths before it (or all) could not be bound. */
  readonly problems: readonly string[]
}

/**
 * Listens on the first path that can be bound; for those of `group` a second server listens beside it. Rejects with ALREADY_RUNNING when a
 * living podmate holds one.
 */
export async function listenOnSocket(
  { server, groupServer }: { readonly server: Server; readonly groupServer: Server },
  paths: readonly string[],
  group: number | undefined,
): Promise<SocketListening> {
  const problems: string[] = []
  for (const path of paths) {
    try {
      await bind(server, path, group)
      if (group !== undefined) await bindForGroup(groupServer, groupSocket(path), group)
      return { path, problems }
    } catch (error) {
      if (error instanceof PodError) throw error
      problems.push(`${path}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return { path: undefined, problems }
}

async function bind(server: Server, path: string, group: number | undefined): Promise<void> {
  await socketFolder(dirname(path), folderMode(path, group), group)
  await removeStale(path)
  await listen(server, path, 0o177)
}

async function bindForGroup(server: Server, path: string, group: number): Promise<void> {
  await removeStale(path)
  await listen(server, path, 0o117)
  await chown(path, -1, group)
}

// /run/podmate may be entered by all: the socket's own mode guards it. In a temporary folder the folder guards it.
function folderMode(path: string, group: number | undefined): number {
  if (path.startsWith('/run/')) return 0o755
  return group === undefined ? 0o700 : 0o710
}

async function listen(server: Server, path: string, mask: number): Promise<void> {
  // Binding happens inside listen(): with this umask the socket is never open to others, not even for a moment.
  const umask = process.umask(mask)
  try {
    const listening = once(server, 'listening')
    server.listen({ path })
    process.umask(umask)
    await listening
  } finally {
    process.umask(umask)
  }
}

async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) return
  if (!found.isSocket()) throw new Error('something that is not a socket lies there; remove it')
  if (await answers(path)) throw new PodError('ALREADY_RUNNING', `another podmate answers at ${path}`)
  await unlink(path)
}

// A refused connection is the one sure sign that nobody listens any more.
async function answers(path: string): Promise<boolean> {
  const socket = connect({ path })
  try {
    await once(socket, 'connect')
    return true
  } catch (error) {
    if (codeOf(error) === 'ECONNREFUSED') return false
    if (codeOf(error) === 'EAGAIN') return true
    throw error
  } finally {
    socket.destroy()
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
