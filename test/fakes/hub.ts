import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Account, accounts } from './hub/accounts.ts'
import { answerRequest, type Desk } from './hub/answer-request.ts'
import { blobStore } from './hub/blob-store.ts'
import type { HubLimits, HubState } from './hub/call.ts'
import { control } from './hub/control.ts'
import { type Faults, faultSwitches } from './hub/faults.ts'
import { branchOf } from './hub/find-repo.ts'
import { newRepo } from './hub/repo-routes.ts'
import { type RepoView, repoView } from './hub/repo-view.ts'
import { type Counters, count, type LogEntry } from './hub/request-log.ts'
import { serve } from './hub/serve.ts'
import type { Repo } from './hub/state.ts'
import { fixedWindow } from './hub/window.ts'
import { type Contents, writeCommit } from './hub/write-commit.ts'

export { tokens } from './hub/accounts.ts'

export interface HubOptions extends Partial<HubLimits> {
  readonly port?: number
  /** Where bytes are kept; a temporary folder, which goes with the stand-in, when not given. */
  readonly folder?: string
}

/** Which branch of which repository; a model's main when not said. */
export interface Place {
  readonly type?: 'models' | 'datasets' | 'spaces'
  readonly branch?: string
}

/**
 * A stand-in of the Hugging Face Hub that speaks its wire: real HTTP, bytes on disk, the rest in memory. It never
 * offers xet, as to a client that does not ask for it: judging xet's content would mean to take its shards apart.
 */
export interface Hub extends AsyncDisposable {
  readonly url: string
  readonly faults: Faults
  /** Every request so far, in the order they came. */
  readonly log: readonly LogEntry[]
  /** By token; may be changed while it runs. */
  readonly accounts: Map<string, Account>
  counters(): Counters
  /** Requests that it refused by its own judgement, not because of a fault: a good client has none. */
  refusals(): readonly LogEntry[]
  addRepo(id: string, options?: Place & { readonly private?: boolean }): Promise<void>
  hasRepo(id: string, place?: Place): boolean
  /** Looks at a repository; throws when there is none. */
  repo(id: string, place?: Place): RepoView
  /** Commits as another writer; resolves with the oid. */
  commit(id: string, contents: Contents, place?: Place): Promise<string>
  /** Ends all connections, goes and comes back on the same port with all it has stored. */
  restart(): Promise<void>
  close(): Promise<void>
}

const usual: HubLimits = {
  multipartAboveBytes: 20_000_000,
  partBytes: 20_000_000,
  regularMaxBytes: 10 * 1024 * 1024,
  commitMaxBytes: 1_000_000_000,
  pageSize: 1000,
  commitsPerWindow: Number.POSITIVE_INFINITY,
  commitWindowSeconds: 3600,
  requestsPerWindow: 1_000_000,
  requestWindowSeconds: 300,
}

/** Starts a stand-in on the loopback; whoever starts it closes it (`await using`). */
export async function startHub({ port = 0, folder, ...limits }: HubOptions = {}): Promise<Hub> {
  const own = folder ?? (await mkdtemp(join(tmpdir(), 'podmate-hub-')))
  await mkdir(own, { recursive: true })
  const state = newState(own, { ...usual, ...limits })
  const log: LogEntry[] = []
  const faults = faultSwitches()
  const listener: RequestListener = (request, response) => {
    if (request.url?.startsWith('/_hub/')) void control(hub, state, request, response)
    else void answerRequest(desk, request, response)
  }
  const api = await serve(listener, '127.0.0.1', port)
  const storage = await serve(listener, 'localhost', 0)
  let restarting: Promise<unknown> | undefined
  // Faults of two requests may ask for it at once: it goes and comes back once.
  const restart = async () => {
    restarting ??= Promise.all([api.restart(), storage.restart()]).finally(() => {
      restarting = undefined
    })
    await restarting
  }
  const desk: Desk = { state, faults, log, base: api.url, storage: storage.url, restart }
  const close = async () => {
    await restarting
    await Promise.all([api.close(), storage.close()])
    if (folder === undefined) await rm(own, { recursive: true, force: true })
  }
  const hub: Hub = {
    url: api.url,
    faults,
    log,
    accounts: state.accounts,
    counters: () => count(log),
    refusals: () => log.filter(({ refusal, fault }) => refusal !== undefined && fault === undefined),
    async addRepo(id, { type = 'models', private: hidden = true } = {}) {
      await newRepo(state, { type, id, private: hidden }, 'rival')
    },
    hasRepo: (id, { type = 'models' } = {}) => state.repos.has(`${type}/${id}`),
    repo: (id, place) => repoView(state, repoOf(state, id, place), place?.branch),
    commit(id, contents, place) {
      const repo = repoOf(state, id, place)
      return writeCommit(state, repo, branchOf(repo, place?.branch), contents)
    },
    restart,
    close,
    [Symbol.asyncDispose]: close,
  }
  return hub
}

function newState(folder: string, limits: HubLimits): HubState {
  return {
    limits,
    accounts: new Map(Object.entries(accounts)),
    repos: new Map(),
    uploads: new Map(),
    blobs: blobStore(folder),
    commitWindow: fixedWindow(limits.commitsPerWindow, limits.commitWindowSeconds),
    requestWindow: fixedWindow(limits.requestsPerWindow, limits.requestWindowSeconds),
  }
}

function repoOf(state: HubState, id: string, { type = 'models' }: Place = {}): Repo {
  const repo = state.repos.get(`${type}/${id}`)
  if (!repo) throw new Error(`There is no repository ${id} among the ${type}`)
  return repo
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      dir: { type: 'string' },
      limits: { type: 'string', default: '{}' },
    },
  })
  const hub = await startHub({
    ...JSON.parse(values.limits),
    port: Number(values.port),
    ...(values.dir !== undefined && { folder: values.dir }),
  })
  console.log(hub.url)
  process.once('SIGTERM', () => void hub.close())
}
