import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyPluginAsync } from 'fastify'
import type { Registry } from 'prom-client'
import type { JsonObject, Service } from '../../supervisor/service.ts'
import type { HostProcessOptions } from './hosts/host-process.ts'
import type { ProgressTerminal } from './hosts/load-progress.ts'
import type { HostPatience } from './hosts/model-host.ts'
import type { QueueLimits } from './hosts/request-queue.ts'
import { InferenceMetrics } from './metrics/inference-metrics.ts'
import { modelHealth } from './serving/announce-model.ts'
import { type ChoiceSettings, ModelChoice } from './serving/model-choice.ts'
import { ModelDesk } from './serving/model-desk.ts'
import type { Serving } from './serving/served-model.ts'

/** Parsed values of the environment, and limits that tests make smaller. */
export interface InferenceOptions {
  /** INFERENCE_API_MODEL_PATH: a file, or `latest`. */
  readonly modelPath: string
  /** ARTIFACT_DIRS: where `latest` looks. */
  readonly artifactDirs: readonly string[]
  /** INFERENCE_API_DEVICE: auto, cpu, cuda or cuda:N. */
  readonly device: string
  /** Called for each move that is asked for. */
  readonly onAsked?: () => void
  /** INFERENCE_API_TOPK_DEFAULT. */
  readonly topkDefault: number
  /** Threads inside one operator of the model. */
  readonly threads: number
  /** INFERENCE_API_STATE_CACHE_MB: what a model host may keep of the states of games; 0 keeps none. */
  readonly stateCacheMb?: number
  /** INFERENCE_API_QUANTIZE is int8. */
  readonly int8?: boolean
  /** The model host's environment and account. */
  readonly host: HostProcessOptions
  readonly bundledModel?: string
  readonly queue?: QueueLimits
  readonly patience?: HostPatience
  /** From `stop` to the last answer of what was asked before it. */
  readonly drainMs?: number
  /** How often ARTIFACT_DIRS are looked at without an event, and how long a file has to be as it is. */
  readonly watch?: { readonly pollMs: number; readonly settleMs: number }
  /** When a GPU that was given up for the CPU is tried again. */
  readonly gpuRetryMs?: number
  /** What to run on, instead of the devices that a model host finds. */
  readonly devices?: readonly string[]
  /** Where a progress bar is drawn while a model loads, if it is a terminal. */
  readonly terminal?: ProgressTerminal
}

export interface Inference {
  readonly service: Service
  readonly routes: FastifyPluginAsync
  /** Adds what was counted to the registry of /metrics. */
  metrics(registry: Registry): Promise<void>
  /** For /healthz: device, device_requested, model_path, load_seconds, source, generation; `reason` while nothing is served. */
  health(): JsonObject
}

const defaults = {
  bundledModel: fileURLToPath(new URL('./demo/model.pt', import.meta.url)),
  stateCacheMb: 64,
  int8: false,
  queue: { waiting: 256, timeoutMs: 25_000 },
  patience: { loadMs: 60_000, answerMs: 20_000 },
  drainMs: 3000,
  watch: { pollMs: 2000, settleMs: 1000 },
  gpuRetryMs: 10 * 60_000,
  terminal: process.stderr,
} as const

/** Serves the next move: a forked model host that may die at any time, and routes that say so until the next is up. */
export function inference(options: InferenceOptions): Inference {
  const settings = { ...defaults, ...options }
  const choice = new ModelChoice(choiceSettings(settings))
  const desk = new ModelDesk()
  const metrics = new InferenceMetrics()
  let serving: Serving = { type: 'down', reason: 'Inference has not started; `podctl status` says why.' }
  let podStopping: AbortSignal | undefined
  const onServing = (next: Serving) => {
    serving = next
  }
  const routeOptions = {
    serving: () =>
      podStopping?.aborted ? ({ type: 'down', reason: 'The pod is stopping.' } as const) : serving,
    topkDefault: options.topkDefault,
    onAsked: options.onAsked ?? (() => {}),
    ...{ metrics, choice, desk },
  }
  return {
    service: {
      name: 'inference',
      stopTier: 'intake',
      async run(ctx) {
        podStopping = ctx.podStopping
        metrics.onRun()
        // Loaded when it runs, like the routes when they are asked for: sshd has the thread before.
        const { runHost } = await import('./serving/run-host.ts')
        return runHost(ctx, { ...settings, choice, desk, observer: metrics, onServing })
      },
    },
    async routes(app) {
      const { inferenceRoutes } = await import('./api/routes.ts')
      const { modelRoutes } = await import('./api/model-routes.ts')
      await app.register(inferenceRoutes(routeOptions))
      await app.register(modelRoutes(routeOptions))
    },
    async metrics(registry) {
      // prom-client is loaded by the first scrape.
      const { addInferenceMetrics } = await import('./metrics/inference-registry.ts')
      addInferenceMetrics(registry, metrics, () => (serving.type === 'up' ? serving.served.generation : 0))
    },
    health: () => modelHealth(serving, choice),
  }
}

type Settings = InferenceOptions & Required<Pick<InferenceOptions, keyof typeof defaults>>

function choiceSettings(settings: Settings): ChoiceSettings {
  const { modelPath, artifactDirs, bundledModel, stateCacheMb, watch } = settings
  const { device, threads, int8, gpuRetryMs } = settings
  return {
    // The host runs in another folder.
    modelPath: modelPath === 'latest' ? modelPath : resolve(modelPath),
    artifactDirs: artifactDirs.map((dir) => resolve(dir)),
    bundledModel: resolve(bundledModel),
    ...{ device, threads, int8, gpuRetryMs, ...watch, stateBytes: stateCacheMb * 2 ** 20 },
  }
}
