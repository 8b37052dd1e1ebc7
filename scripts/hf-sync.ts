#!/usr/bin/env node
import { once } from 'node:events'
import { uploadOptions, uploadProblem } from '../boot/artifacts-options.ts'
import { configurationMessage, readEnvironment } from '../environment.ts'
import manifest from '../package.json' with { type: 'json' }
import { eventLine } from '../services/artifacts/event-line.ts'
import { HubProblem } from '../services/artifacts/uploader/hub/hub-problem.ts'
import type { JournalStore } from '../services/artifacts/uploader/journal.ts'
import type { UploadOptions } from '../services/artifacts/uploader/options.ts'
import type { UploadEvent } from '../services/artifacts/uploader/protocol.ts'
import { runOnce } from '../services/artifacts/uploader/run-once.ts'
import { keptJournal } from './hf-sync/kept-journal.ts'
import { readCall, type SyncCall, usage } from './hf-sync/options.ts'
import { outcomeLines } from './hf-sync/outcome-lines.ts'
import { progressBar } from './hf-sync/progress.ts'
import { exitCodes } from './podctl/exit-codes.ts'
import { harmless } from './podctl/terminal.ts'

interface Told {
  readonly options: UploadOptions
  readonly token: string
  readonly store: JournalStore
  readonly verbose: boolean
}

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

async function sync({ options, verbose, ...settings }: Told, call: SyncCall): Promise<number> {
  const bar = progressBar(process.stderr)
  const tell = (text: string) => bar.line(harmless(text))
  const stop = new AbortController()
  void once(process, 'SIGINT').then(() => stop.abort())
  void once(process, 'SIGTERM').then(() => stop.abort())
  const onEvent = (event: UploadEvent) => {
    const { level, text } = eventLine(event)
    if (level !== 'debug' || verbose) tell(text)
  }
  const how = { ...settings, ...call, onEvent, onReport: bar.show }
  const { isClean, lines } = await runOnce(options, how, stop.signal).then(outcomeLines, failure)
  bar.clear()
  for (const line of lines) console.log(harmless(line))
  return isClean ? exitCodes.true : exitCodes.notTrue
}

/** A dry run that could not ask the Hub. */
function failure(error: unknown): ReturnType<typeof outcomeLines> {
  if (error instanceof HubProblem) return { isClean: false, lines: [error.message] }
  throw error
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
