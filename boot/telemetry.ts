import { readdirSync } from 'node:fs'
import { withoutSecrets } from '../environment/secrets.ts'
import { gpuTimings } from '../services/telemetry/options.ts'
import { type Telemetry, type TelemetryOptions, telemetry } from '../services/telemetry/service.ts'
import type { Setup } from './run-pod.ts'

/** The samples of this pod. */
export function podTelemetry(setup: Pick<Setup, 'env' | 'environment' | 'core' | 'stateDir'>): Telemetry {
  return telemetry(telemetryOptions(setup))
}

function telemetryOptions(setup: Pick<Setup, 'env' | 'environment' | 'core' | 'stateDir'>): TelemetryOptions {
  const { env, environment, core, stateDir } = setup
  const rented = environment.values.platform?.RUNPOD_GPU_COUNT
  const gpuTrace = gpuTraceOf(rented, devices())
  // Whoever looks more often is to see something new each time.
  const looksMs =
    (environment.values.autostop?.IDLE_CHECK_INTERVAL_SECONDS ?? Number.POSITIVE_INFINITY) * 1000
  const everyMs = Math.min(gpuTimings.everyMs, looksMs)
  const count = Number(rented)
  return {
    gpuTrace,
    ...(count > 0 ? { gpuCount: count } : {}),
    env: toolEnvironment(env),
    folders: ['/', core.REPO_DIR, stateDir, ...core.ARTIFACT_DIRS],
    // A machine without a trace of a GPU does not get one while it runs.
    timings: { gpu: { ...gpuTimings, everyMs, maxRetryMs: gpuTrace ? gpuTimings.maxRetryMs : 600_000 } },
  }
}

/** What shows that there is a GPU, in words that follow "although"; undefined: nothing does. */
export function gpuTraceOf(count: string | undefined, devices: readonly string[]): string | undefined {
  const device = devices.find((name) => /^nvidia(\d+|ctl)$/.test(name))
  if (Number(count) > 0) return `RUNPOD_GPU_COUNT is ${count}`
  return device && `/dev/${device} exists`
}

function devices(): readonly string[] {
  try {
    return readdirSync('/dev')
  } catch {
    return []
  }
}

/** What nvidia-smi finds itself and its libraries by. */
function toolEnvironment(env: Setup['env']): Record<string, string> {
  const names = /^(PATH|HOME|LD_LIBRARY_PATH|NVIDIA_\w+|CUDA_DEVICE_ORDER)$/
  const known = Object.entries(withoutSecrets(env, []).env).filter(([name]) => names.test(name))
  return { ...Object.fromEntries(known), LC_ALL: 'C' }
}
