import { pause } from '../../../supervisor/time.ts'
import { HubProblem } from './hub/hub-problem.ts'
import type { HubRepo, RemoteFile } from './hub/hub-repo.ts'
import { hubFor } from './hub-for.ts'
import { isOnHub } from './is-on-hub.ts'
import { Journal } from './journal.ts'
import { LocalSide } from './local-side.ts'
import type { UploadOptions } from './options.ts'
import { limitsUntil, plan } from './plan.ts'
import type { OnceOutcome, OnceSettings } from './run-once.ts'

const patience = { quietMs: 200, patienceMs: 10_000 }

/** What a run would do now. Rejects with a HubProblem where the Hub cannot be asked. */
export async function dryRun(
  options: UploadOptions,
  settings: OnceSettings,
  signal: AbortSignal,
): Promise<OnceOutcome> {
  const { hub } = hubFor(options, settings)
  const journal = new Journal({ read: none, append: none, write: none }, '')
  const world = { options, journal, ownSecrets: [settings.token], tell() {}, onNews() {} }
  const local = new LocalSide(world)
  try {
    await local.look(performance.now(), patience, true)
    await pause(patience.quietMs, signal)
    await local.look(performance.now(), patience)
    await local.hash(Number.POSITIVE_INFINITY, signal)
    signal.throwIfAborted()
    return planned(local, await listed(hub, signal), settings.deadlineMs)
  } finally {
    local.close()
  }
}

function planned(
  { book }: LocalSide,
  remote: ReadonlyMap<string, RemoteFile>,
  deadlineMs: number | undefined,
): OnceOutcome {
  const versions = [...book.sendable()]
  const batches = plan(versions, remote, { limits: limitsUntil(deadlineMs) })
  const known = new Set(versions.map(({ remotePath }) => remotePath))
  const notReady = [...(book.scan?.files.keys() ?? [])].flatMap((path) => {
    return known.has(path) || book.isRefused(path)
      ? []
      : [{ path, reason: book.noteOf(path) ?? 'it keeps changing' }]
  })
  return {
    type: 'planned',
    commits: batches.map(({ files }) =>
      files.map(({ remotePath, size }) => ({ path: remotePath, bytes: size })),
    ),
    notReady,
    refused: [...book.refusals(), ...(book.scan?.unreadable ?? [])],
    unmatched: book.scan?.unmatched ?? [],
    safeFiles: versions.filter((version) => isOnHub(version, remote.get(version.remotePath))).length,
  }
}

/** A repo that is not there has no files: a run would make it. */
async function listed(hub: HubRepo, signal: AbortSignal): Promise<ReadonlyMap<string, RemoteFile>> {
  try {
    return await hub.list(signal)
  } catch (error) {
    if (error instanceof HubProblem && error.kind === 'not-found') return new Map()
    throw error
  }
}

async function none(): Promise<undefined> {
  return undefined
}
