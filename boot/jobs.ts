import { randomUUID } from 'node:crypto'
import { machineClock } from '../services/autostop/money/boot-clock.ts'
import type { JobStore } from '../services/jobs/job-store.ts'
import type { Remote } from '../services/jobs/options.ts'
import { type Jobs, jobs } from '../services/jobs/service.ts'
import type { JobsPort as KeptJobs } from '../services/state/port.ts'
import type { TelemetryPort } from '../services/telemetry/port.ts'
import { findCheckpoint } from '../services/trainer/find-checkpoint.ts'
import { localUrl } from './local-url.ts'
import type { Setup } from './run-pod.ts'
import { accountOf } from './user-program.ts'

/** A trainer that waits for a volume which hangs would never run. */
const checkpointMs = 10_000

/** What training jobs are given by others. */
export interface JobsGiven {
  readonly kept: KeptJobs
  /** Measures the disks of the pod. */
  readonly telemetry?: Pick<TelemetryPort, 'host'>
}

/** Training jobs and their metrics. */
export function podJobs(setup: Setup, { kept, telemetry }: JobsGiven): Jobs {
  const { environment, log, pod } = setup
  const values = environment.values.jobs
  return jobs({
    ...{ store: jobStore(kept), pod, runId: newRunId() },
    given: { jobId: values?.JOB_ID, token: values?.JOB_TOKEN },
    remote: remoteOf(setup),
    rules: values?.TRAIN_EARLY_STOP ?? [],
    stallMs: (values?.TRAIN_STALL_MINUTES ?? 10) * 60_000 || undefined,
    localUrl: () => localUrl(pod.status().services.http?.details?.url),
    findCheckpoint: () => checkpointFor(setup),
    redact: log.redact,
    hide: log.redact.add,
    disks: () => telemetry?.host()?.disks ?? [],
  })
}

/** This run of podmate; before a slash this start of the container, where that can be told. */
function newRunId(): string {
  const { bootId, containerMs } = machineClock().boot
  const isKnown = bootId !== '' && containerMs !== undefined
  return isKnown ? `${bootId}-${containerMs}/${randomUUID()}` : randomUUID()
}

/** The jobs on the volume, call by call. */
export function jobStore({ ask, onNotice }: KeptJobs): JobStore {
  return {
    recover: (runId, reason) => ask({ call: 'recover', runId, reason }),
    save: (job) => ask({ call: 'save', job }),
    list: (limit) => ask({ call: 'list', limit }),
    find: (id) => ask({ call: 'find', id }),
    add: (batches) => ask({ call: 'add', batches }),
    page: (asked) => ask({ call: 'page', ...asked }),
    sample: (asked) => ask({ call: 'sample', ...asked }),
    after: (jobId, id, limit) => ask({ call: 'after', jobId, id, limit }),
    cursor: (jobId, url) => ask({ call: 'cursor', jobId, url }),
    saveCursor: (jobId, url, id) => ask({ call: 'save-cursor', jobId, url, id }),
    onNotice,
  }
}

/** Where metrics are forwarded to: an address of this pod itself is none. */
function remoteOf({ environment, log }: Setup): Remote | undefined {
  const { JOB_ID, JOB_TOKEN, METRICS_API_URL } = environment.values.jobs ?? {}
  if (METRICS_API_URL === undefined || isOurs(METRICS_API_URL, environment.values.http)) return undefined
  if (JOB_ID !== undefined && JOB_TOKEN !== undefined)
    return { url: METRICS_API_URL.replace(/\/+$/, ''), jobId: JOB_ID, token: JOB_TOKEN }
  log.root.warn(
    { service: 'jobs' },
    'metrics are not forwarded: METRICS_API_URL needs JOB_ID and JOB_TOKEN, which the control plane has made',
  )
  return undefined
}

function isOurs(url: string, http: Setup['environment']['values']['http']): boolean {
  const { hostname, port } = new URL(url)
  const here = ['localhost', '127.0.0.1', '[::1]', http?.INFERENCE_API_HOST]
  return here.includes(hostname) && Number(port || 80) === http?.INFERENCE_API_PORT
}

async function checkpointFor(setup: Setup): Promise<string | undefined> {
  const { core, environment, log } = setup
  const { RESUME_CHECKPOINT: asked = 'auto', CHECKPOINT_DIR } = environment.values.jobs ?? {}
  if (asked !== 'auto') return asked === 'none' ? undefined : asked
  const search = {
    dirs: CHECKPOINT_DIR ? [CHECKPOINT_DIR] : core.ARTIFACT_DIRS,
    models: CHECKPOINT_DIR !== undefined,
  }
  const tell = log.root.child({ service: 'trainer' })
  try {
    const options = { env: finderEnvironment(setup), user: accountOf(setup), deadlineMs: checkpointMs }
    const { path, passedOver } = await findCheckpoint(search, options)
    for (const one of passedOver) tell.warn(one, 'checkpoint passed over')
    if (path !== undefined) tell.info({ checkpoint: path }, 'goes on from a checkpoint')
    return path
  } catch (err) {
    tell.warn({ err }, 'no checkpoint could be looked for: training begins anew')
    return undefined
  }
}

function finderEnvironment({ env }: Setup): Record<string, string> {
  const names = ['PATH', 'NODE_COMPILE_CACHE']
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])))
}
