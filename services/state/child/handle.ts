import { mkdir, readFile, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Replies, RequestOf, RequestType, VolumeRequest } from '../protocol.ts'
import { appendBounded } from './append-bounded.ts'
import { claim } from './claim.ts'
import { folderPlace } from './folder-place.ts'
import { guardWay, takeBack } from './guard.ts'
import { ifExists } from './if-exists.ts'
import { jobsThread } from './jobs/jobs-thread.ts'
import { ownerFile } from './owner.ts'
import { secret } from './secret.ts'
import { touch } from './touch.ts'
import { writeWhole } from './write-whole.ts'

type Handlers = { readonly [Type in RequestType]: (request: RequestOf<Type>) => Promise<Replies[Type]> }

let folder: string | undefined
const jobs = jobsThread()

const handlers: Handlers = {
  async open(request) {
    // Parents are not created: a missing one is a volume that is not mounted.
    const notices = [...(await guardWay(dirname(request.dir)))]
    for (const path of [request.dir, request.folder]) {
      await makeFolder(path)
      notices.push(...(await takeBack(path)))
    }
    const from = await claim(request.folder, request.ownerPid)
    folder = request.folder
    return { notices, ...(from === undefined ? {} : { from }) }
  },
  read: ({ name }) => ifExists(readFile(inFolder(name), 'utf8')),
  async write({ name, text }) {
    await writeWhole(await pathFor(name), text)
  },
  async append({ name, text, limitBytes }) {
    await appendBounded(await pathFor(name), text, limitBytes)
  },
  secret: async ({ name }) => secret(await pathFor(name)),
  touch: ({ path }) => touch(path),
  modified: async ({ path }) => (await ifExists(stat(path)))?.mtimeMs,
  folder: ({ path }) => folderPlace(path),
  jobs: async ({ call }) => await jobs.ask(inFolder('jobs.sqlite'), call),
  async check() {
    await statfs(inFolder('.'))
  },
  async close() {
    await jobs.close()
    if (folder !== undefined) await rm(join(folder, ownerFile), { force: true })
    folder = undefined
  },
}

/** Does one request on the volume. Rejects with the system's error, or one whose code is ALREADY_RUNNING. */
export function handle(request: VolumeRequest): Promise<unknown> {
  // TypeScript does not see that the handler found under a type takes requests of that type.
  const handler = handlers[request.type] as (request: VolumeRequest) => Promise<unknown>
  return handler(request)
}

function inFolder(name: string): string {
  if (folder === undefined) throw new Error('the folder is not open')
  return join(folder, name)
}

async function pathFor(name: string): Promise<string> {
  const path = inFolder(name)
  if (name.includes('/')) await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  return path
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    // A file system may say EROFS or EACCES before EEXIST: what matters is whether the folder is there.
    if (!(await isFolder(path))) throw error
  }
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false, // the error of mkdir tells why
  )
}
