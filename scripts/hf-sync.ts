#!/usr/bin/env node
import { once } from 'node:events'
import { uploadOptions, uploadProblem } from '../boot/artifacts-options.ts'
import { configurationMessage, readEnvironment } from '../environment.ts'
import manifest from '../package.json' with { type: 'json' }
import { flushText } from '../services/artifacts/flush-text.ts'
import { formatBytes } from '../services/artifacts/format-bytes.ts'
import type { Wish } from './hf-sync/dry-hub.ts'
import { keptJournal } from './hf-sync/kept-journal.ts'
import { readCall, type SyncCall, usage } from './hf-sync/options.ts'
import { progressBar } from './hf-sync/progress.ts'
import { type SyncOrder, syncOnce } from './hf-sync/sync-once.ts'
import { exitCodes } from './podctl/exit-codes.ts'
import { harmless } from './podctl/terminal.ts'

type Told = Pick<SyncOrder, 'options' | 'token' | 'store' | 'verbose'>

/** What the environment tells, or why nothing can be uploaded. */
function readSetup(env: NodeJS.ProcessEnv): Told | string {
  const environment = readEnvironment(env)
  const { artifacts, pod: core, state, platform } = environment.values
  const problem = uploadProblem(environment)
  if (problem !== undefined) return problem
  if (!core || !artifacts) return configurationMessage(environment)
  return {
    options: uploadOptions({ environment, core, version: manifest.version }),
    token: artifacts.HF_TOKEN ?? '',
    store: keptJournal(state?.POD_STATE_DIR ?? '.podmate', platform?.RUNPOD_POD_ID),
    verbose: artifacts.HF_SYNC_VERBOSE,
  }
}

async function sync(told: Told, { dryRun, deadlineMs }: SyncCall): Promise<number> {
  const bar = progressBar(process.stderr)
  const stop = new AbortController()
  void once(process, 'SIGINT').then(() => stop.abort())
  void once(process, 'SIGTERM').then(() => stop.abort())
  const wish: Wish | undefined = dryRun ? { uploads: [], deletions: [], missing: false } : undefined
  const onLine = (text: string) => bar.line(harmless(text))
  const { outcome, report } = await syncOnce({
    ...told,
    ...{ deadlineMs, wish, stop: stop.signal, onReport: bar.show, onLine },
  })
  bar.clear()
  for (const text of wish ? wishLines(wish) : []) console.log(harmless(text))
  const unreadable = report?.unreadable ?? []
  for (const { path, reason } of unreadable) onLine(`${path} cannot be read: ${reason}`)
  const isClean = outcome.leftFiles === 0 && unreadable.length === 0
  if (!wish || !isClean) onLine(flushText(outcome))
  return isClean ? exitCodes.true : exitCodes.notTrue
}

function wishLines({ uploads, deletions, missing }: Wish): readonly string[] {
  const bytes = uploads.reduce((sum, { size }) => sum + size, 0)
  return [
    ...(missing ? ['The repository would be made, private.'] : []),
    ...uploads.map(({ path, size }) => `would upload ${path} (${formatBytes(size)})`),
    ...deletions.map((path) => `would delete ${path}`),
    uploads.length + deletions.length === 0
      ? 'Nothing would change.'
      : `${uploads.length} to upload (${formatBytes(bytes)}), ${deletions.length} to delete.`,
  ]
}

const call = readCall(process.argv.slice(2))
const told = typeof call === 'string' || call.help ? undefined : readSetup(process.env)
if (typeof call === 'string') {
  console.error(`hf-sync: ${call}\n${usage}`)
  process.exitCode = exitCodes.usage
} else if (told === undefined) {
  console.log(usage)
} else if (typeof told === 'string') {
  console.error(`hf-sync: ${told}`)
  process.exitCode = exitCodes.configuration
} else {
  process.exitCode = await sync(told, call)
}
