import { once } from 'node:events'
import { lstat } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { unquoted } from '../../environment/as-meant.ts'
import { readEnvironment } from '../../environment.ts'
import { groupSocket, socketPaths } from '../../services/http/listening/socket-paths.ts'
import type { CallOptions } from './call.ts'
import { type Client, client, type Place } from './client.ts'
import { exitCodes, PodctlError } from './exit-codes.ts'

/** The podmate that is meant: `--url`, else PODMATE_SOCKET, else the one of this state folder. Throws exit 3 without one. */
export async function findPodmate(options: CallOptions, env: NodeJS.ProcessEnv): Promise<Client> {
  if (options.url !== undefined)
    return client(remote(options.url, options.token, unquoted(env.PODMATE_TOKEN ?? '') || undefined))
  const named = namedSocket(env)
  const tried: string[] = []
  for (const path of candidates(env).flatMap((one) => [one, groupSocket(one)])) {
    const problem = (named === undefined ? await notOurs(dirname(path)) : undefined) ?? (await whyNot(path))
    if (problem === undefined) return client({ socketPath: path })
    if (!(problem === reasons.ENOENT && path.endsWith('.group.sock'))) tried.push(`  ${path}: ${problem}`)
  }
  throw new PodctlError(
    exitCodes.notHere,
    `podmate does not run here. Sockets tried:\n${tried.join('\n')}\n` +
      'Start it with `npm start`; one with another state folder is found by POD_STATE_DIR or PODMATE_SOCKET.',
  )
}

function remote(address: string, option: string | undefined, variable: string | undefined): Place {
  const url = URL.parse(address)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new PodctlError(
      exitCodes.usage,
      `--url must be an http or https address, like http://127.0.0.1:8000/`,
    )
  }
  const token = option ?? url.searchParams.get('token') ?? variable
  url.search = ''
  url.hash = ''
  return { url, token }
}

/** Where a podmate of this environment may listen, the likeliest first. */
export function candidates(env: NodeJS.ProcessEnv): readonly string[] {
  const named = namedSocket(env)
  if (named !== undefined) return [named]
  // The owner's sockets, and those of a podmate that root has started.
  const uids = [process.getuid?.() ?? 0, 0]
  return [...new Set(stateFolders(env).flatMap((folder) => uids.flatMap((uid) => socketPaths(folder, uid))))]
}

function namedSocket(env: NodeJS.ProcessEnv): string | undefined {
  return unquoted(env.PODMATE_SOCKET ?? '') || undefined
}

// `npm start` runs in the repository: there a relative state folder lies, wherever podctl is typed.
function stateFolders(env: NodeJS.ProcessEnv): readonly string[] {
  const here = readEnvironment(env).values.state?.POD_STATE_DIR
  const isGiven = unquoted(env.POD_STATE_DIR ?? '') !== ''
  const repo = resolve(import.meta.dirname, '../..')
  return [...(here === undefined ? [] : [here]), ...(isGiven ? [] : [join(repo, '.podmate')])]
}

async function whyNot(path: string): Promise<string | undefined> {
  const socket = connect({ path })
  try {
    await once(socket, 'connect')
    return undefined
  } catch (error) {
    return reasons[error instanceof Error && 'code' in error ? String(error.code) : ''] ?? String(error)
  } finally {
    socket.destroy()
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'not there',
  ECONNREFUSED: 'nobody listens there any more',
  EACCES: 'not allowed: run podctl as the account that runs podmate, as root, or as RUNNER_USER',
}

// In a shared temporary folder anyone can lay a socket that pretends to be podmate; whoever names one knows whose it is.
async function notOurs(folder: string): Promise<string | undefined> {
  const found = await lstat(folder).catch(() => undefined)
  if (found === undefined) return undefined
  const trusted = [0, process.getuid?.() ?? 0]
  return trusted.includes(found.uid)
    ? undefined
    : `its folder belongs to uid ${found.uid}, so it is not trusted`
}
