import { resolve } from 'node:path'
import type { Variables } from '../environment/secrets.ts'
import { configurationMessage, type Environment, readEnvironment } from '../environment.ts'
import manifest from '../package.json' with { type: 'json' }
import { platformWarnings } from '../supervisor/platform.ts'
import type { Service } from '../supervisor/service.ts'
import type { Recorder } from '../supervisor/stop-in-order.ts'
import type { StopRequests } from '../supervisor/stop-requests.ts'
import { newPod, type Pod } from '../supervisor/supervise.ts'
import { settledWithin } from '../supervisor/time.ts'
import { defaultTimings } from '../supervisor/timings.ts'
import { logEvents } from './log-events.ts'
import { openLog, type PodLog } from './pod-log.ts'
import { succeed } from './predecessor.ts'
import { demandTemporaryFolder } from './temporary-folder.ts'
import { wayIn } from './way-in.ts'

/** The folder of the logs may hang. */
const logFileMs = 500
/** Enough for a start of sshd on a busy machine whose state folder hangs. */
const sshdAloneMs = 1000

export const exitCodes = { requested: 0, internal: 70, configuration: 78 } as const

/** What the services of a pod are made from. */
export interface Setup {
  /** `environment.env`: for the programs of the user only. */
  readonly env: Variables
  readonly environment: Environment
  /** The core group, which is in order when a pod starts at all. */
  readonly core: NonNullable<Environment['values']['pod']>
  /** POD_STATE_DIR, absolute. */
  readonly stateDir: string
  readonly version: string
  readonly pod: Pod
  readonly log: PodLog
  /** Settles when sshd has had the thread for itself. */
  readonly wayIn: Promise<void>
  /** Ends the pod because it must not run here: exit code 78. */
  refuse(message: string): void
}
export interface Composition {
  readonly services: readonly Service[]
  readonly recorder: Recorder
}

/** Runs a pod from the environment to its exit code. Never rejects: an error of our own is told and exits with 70. */
export async function runPod(
  requests: StopRequests,
  env: NodeJS.ProcessEnv,
  compose: (setup: Setup) => Composition,
): Promise<number> {
  const { version } = manifest
  const noTemporaryFolder = demandTemporaryFolder(env)
  const environment = readEnvironment(env)
  const core = environment.values.pod
  if (!core) {
    process.stderr.write(`${configurationMessage(environment)}\n`)
    return exitCodes.configuration
  }
  const stateDir = environment.values.state?.POD_STATE_DIR ?? resolve('.podmate')
  const predecessor = succeed(stateDir)
  const log = openLog(environment.values, env, stateDir)
  let exitCode: number = exitCodes.requested
  const pod = podOf(core.SHUTDOWN_BUDGET_SECONDS, version, log)
  const refuse = (message: string) => {
    exitCode = exitCodes.configuration
    pod.emit({ type: 'pod-warning', text: message })
    pod.shutdown(message)
  }
  requests.onStop((signal) => pod.shutdown(signal))
  requests.onKill((signal) => pod.killAll(`${signal} again`))
  process.on('uncaughtException', (err) => {
    log.log.fatal({ err }, 'internal error: podmate ends')
    exitCode = exitCodes.internal
    pod.shutdown('internal error')
    pod.killAll('internal error')
  })
  try {
    const sshdFirst = wayIn(pod, sshdAloneMs)
    const setup = {
      env: environment.env,
      environment,
      core,
      stateDir,
      version,
      pod,
      log,
      refuse,
      wayIn: sshdFirst,
    }
    const { services, recorder } = compose(setup)
    // What is kept in a folder of another podmate is not ours to write, and its refusal is no failure.
    const write: Recorder['write'] = async (report) => {
      if (exitCode !== exitCodes.configuration) await recorder.write(report)
    }
    const running = pod.run(services, { ...recorder, write })
    const logFile = sshdFirst.then(log.openFile)
    for (const text of [
      ...[predecessor.warning ?? [], noTemporaryFolder ?? []].flat(),
      ...[...warningsOf(environment), ...platformWarnings()],
    ])
      pod.emit({ type: 'pod-warning', text })
    await running
    await settledWithin(logFile, logFileMs) // a pod that ends at once has early lines to write
  } catch (err) {
    log.log.fatal({ err }, 'internal error: podmate ends')
    exitCode = exitCodes.internal
  }
  await log.close()
  predecessor.done()
  return exitCode
}

function podOf(budgetSeconds: number, version: string, podLog: PodLog): Pod {
  const { root, book, redact } = podLog
  const timings = { ...defaultTimings, shutdownBudgetMs: budgetSeconds * 1000 }
  const guarded = ['sshd', 'http', 'state']
  const pod = newPod({ version, timings, log: root, book, redact, guarded })
  logEvents(pod, podLog)
  return pod
}

function warningsOf(environment: Environment): readonly string[] {
  return [...environment.problems.map(({ message }) => message), ...environment.warnings]
}
