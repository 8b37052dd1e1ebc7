import { commitBody } from './commit-body.ts'
import type { Errand } from './errand.ts'
import { type HubApi, hubApi } from './hub-api.ts'
import type { HubOptions } from './hub-options.ts'
import { HubProblem } from './hub-problem.ts'
import type { CommitDone, CommitMessage, HubRepo } from './hub-repo.ts'
import { listRepo } from './list-repo.ts'
import type { LocalFile } from './local-file.ts'
import { openRepo } from './open-repo.ts'
import { optionProblem } from './option-problem.ts'
import { postCommit } from './post-commit.ts'
import { problemOf } from './problem-of.ts'
import { readHead } from './read-head.ts'
import { RequestFailure } from './request-failure.ts'
import { uploadByXet } from './upload-by-xet.ts'
import { type UploadModes, uploadModes } from './upload-modes.ts'
import { uploadObjects } from './upload-objects.ts'

/** What is remembered of the repository; all of it can be found out again. */
interface Memory {
  head: string | undefined
  readonly modes: UploadModes
  /** sha256 of the objects that its storage has. */
  readonly stored: Set<string>
}

/** The repository of the options over HTTP. */
export function hubClient(options: HubOptions): HubRepo {
  const api = hubApi(options)
  const { branch, repoId } = options.target
  const told = <T>(doing: string, signal: AbortSignal, run: () => Promise<T>): Promise<T> =>
    withProblems(options, `${doing} ${repoId}`, signal, run)
  const memory: Memory = { head: undefined, modes: uploadModes(api, branch), stored: new Set() }
  return {
    async open(signal) {
      forget(memory)
      // In another repository of that name nothing is stored.
      memory.stored.clear()
      const opened = await told('Opening', signal, () => openRepo(api, options, { signal }))
      memory.head = opened.head
      return opened
    },
    list: (signal) =>
      told('Listing', signal, async () => {
        const head = await headOf(api, branch, memory, signal)
        return listRepo(api, head ?? branch, { signal })
      }),
    upload: (file, signal) =>
      told(`Uploading ${file.remotePath} to`, signal, async () => {
        const mode = (await memory.modes.of([file], { signal })).get(file.remotePath) ?? 'regular'
        if (mode === 'lfs') await send(api, options, memory, [file], signal)
        return mode
      }),
    async commit(files, deleted, message, signal) {
      try {
        return await told('Committing to', signal, () =>
          commitAll(api, options, memory, { files, deleted, message }, signal),
        )
      } catch (error) {
        if (error instanceof HubProblem && error.kind === 'conflict') forget(memory)
        throw error
      }
    },
  }
}

/** Asks nothing with options that are wrong, and makes a problem of whatever fails. */
async function withProblems<T>(
  options: HubOptions,
  doing: string,
  signal: AbortSignal,
  run: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const wrong = optionProblem(options)
  if (wrong) throw wrong
  try {
    return await run()
  } catch (error) {
    signal.throwIfAborted()
    throw problemOf(error, doing)
  }
}

function forget(memory: Memory): void {
  memory.head = undefined
  memory.modes.forget()
}

async function headOf(
  api: HubApi,
  branch: string,
  memory: Memory,
  signal: AbortSignal,
): Promise<string | undefined> {
  memory.head ??= (await readHead(api, branch, { signal })).head
  return memory.head
}

/** Sends those of the LFS files that the storage is not known to have. */
async function send(
  api: HubApi,
  { target: { branch }, useXet, onBytes }: HubOptions,
  { stored }: Memory,
  files: readonly LocalFile[],
  signal: AbortSignal,
): Promise<void> {
  const missing = files.filter(({ sha256 }) => !stored.has(sha256))
  const errandFor = ({ path, remotePath }: LocalFile): Errand => ({
    signal,
    path,
    onBytes: (count) => onBytes?.(remotePath, count),
  })
  if (!useXet) return uploadObjects(api, branch, missing, errandFor, (sha256) => stored.add(sha256))
  for (const file of missing) {
    await uploadByXet(api, branch, file, errandFor(file))
    stored.add(file.sha256)
  }
}

interface Wanted {
  readonly files: readonly LocalFile[]
  readonly deleted: readonly string[]
  readonly message: CommitMessage
}

async function commitAll(
  api: HubApi,
  options: HubOptions,
  memory: Memory,
  { files, deleted, message }: Wanted,
  signal: AbortSignal,
): Promise<CommitDone> {
  if (files.length + deleted.length === 0) throw new RangeError('a commit without a change')
  const { branch } = options.target
  const parent = await headOf(api, branch, memory, signal)
  const modes = await memory.modes.of(files, { signal })
  const large = files.filter(({ remotePath }) => modes.get(remotePath) === 'lfs')
  await send(api, options, memory, large, signal)
  const body = await commitBody(files, modes, deleted, message, parent)
  const post = () => postCommit(api, branch, parent, body, signal)
  const done = await post().catch(async (error: unknown) => {
    if (!lacksObjects(error)) throw error
    // The storage lost what it had acknowledged.
    for (const { sha256 } of large) memory.stored.delete(sha256)
    await send(api, options, memory, large, signal)
    return post()
  })
  memory.head = done.oid
  return done
}

function lacksObjects(error: unknown): boolean {
  return (
    error instanceof RequestFailure && error.status === 400 && /lfs pointer|does not exist/i.test(error.says)
  )
}
