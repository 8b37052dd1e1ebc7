import { GpuTrust } from '../hosts/gpu-trust.ts'
import { Suspects } from '../hosts/suspects.ts'
import {
  type FileVersion,
  isSameContent,
  type LoadOrder,
  type ModelSource,
  type Rejection,
  type Seen,
  type WatchOrder,
} from '../model-host/protocol.ts'
import { Rejections } from './rejections.ts'
import type { ServedModel } from './served-model.ts'

/** What the environment says of the model, and how the folders are watched. */
export interface ChoiceSettings extends Omit<LoadOrder, 'skip' | 'wanted'> {
  readonly pollMs: number
  readonly settleMs: number
  /** When a GPU that was given up is tried again. */
  readonly gpuRetryMs: number
}

/** One model that was or is to be served. */
export interface Choice {
  readonly path: string
  readonly source: ModelSource
  /** Only this version of the file is meant. */
  readonly version?: FileVersion
  /** It must lie here, links resolved; none: anywhere. */
  readonly within?: readonly string[]
}

/** `latest` follows the folders, `file` the file that the environment names, `pinned` nothing. */
export type Following = 'latest' | 'file' | 'pinned'

/** Which model is served and why: outlives the runs of the service, so that a restart serves the same. */
export class ModelChoice {
  readonly settings: ChoiceSettings
  readonly suspects = new Suspects()
  readonly rejections = new Rejections()
  readonly gpu: GpuTrust
  #pin: Choice | undefined
  #followsLatest: boolean
  #served: Choice | undefined
  #previous: Choice | undefined
  #generation = 0
  #candidates: readonly FileVersion[] = []

  constructor(settings: ChoiceSettings) {
    this.settings = settings
    this.gpu = new GpuTrust(settings.gpuRetryMs)
    this.#followsLatest = settings.modelPath === 'latest'
  }

  get following(): Following {
    if (this.#pin) return 'pinned'
    return this.#followsLatest ? 'latest' : 'file'
  }

  get pinned(): string | null {
    return this.#pin?.path ?? null
  }

  get previous(): Choice | undefined {
    return this.#previous
  }

  get candidates(): readonly FileVersion[] {
    return this.#candidates
  }

  /** The number of the generation that is opened next. */
  get nextGeneration(): number {
    return this.#generation + 1
  }

  /** A file that somebody named: unlike what was found, no link may lead to it from outside, now or at a later start. */
  named(path: string): Choice {
    const { artifactDirs, bundledModel } = this.settings
    const source = path === bundledModel ? 'bundled' : 'file'
    return { path, source, within: [...artifactDirs, bundledModel] }
  }

  pin(choice: Choice): void {
    this.#pin = choice
  }

  /** Ends a pin, and what the environment names: the folders are followed. */
  followLatest(): void {
    this.#pin = undefined
    this.#followsLatest = true
  }

  /** What a start of the service loads. */
  startOrder(): LoadOrder {
    if (this.#pin) return this.orderOf(this.#pin)
    const { modelPath, ...order } = this.#base()
    return { ...order, modelPath: this.#followsLatest ? 'latest' : modelPath }
  }

  /** Exactly this model. */
  orderOf({ path, source, version, within = [] }: Choice): LoadOrder {
    return { ...this.#base(), modelPath: path, wanted: { source, within, ...(version ? { version } : {}) } }
  }

  watchOrder(): WatchOrder {
    const { artifactDirs, pollMs, settleMs, modelPath } = this.settings
    const skip = [...this.suspects.list(), ...this.rejections.skip()]
    const file = this.following === 'file' ? { file: modelPath } : {}
    return { artifactDirs, pollMs, settleMs, skip, serving: this.#watched(), ...file }
  }

  /** Counts a model that is served from now on. */
  serves({ model, generation }: ServedModel): void {
    this.#generation = generation
    const served = choiceOf(model)
    if (this.#served && !isSame(this.#served, served)) this.#previous = this.#served
    this.#served = served
    this.rejections.served(model.path)
  }

  /** Takes what the watch has found; gives the rejections that are news. */
  seen({ candidates, rejected }: Seen): readonly Rejection[] {
    this.#candidates = candidates
    return this.rejections.seen(rejected, candidates)
  }

  #base(): Omit<LoadOrder, 'wanted'> {
    const { pollMs: _poll, settleMs: _settle, gpuRetryMs: _retry, device, ...order } = this.settings
    const skip = [...this.suspects.list(), ...this.rejections.lasting()]
    return { ...order, skip, device: this.gpu.device(device, performance.now()) }
  }

  /** Anything is better than the bundled model, unless that was asked for. */
  #watched(): FileVersion | undefined {
    return this.#served?.source === 'bundled' ? undefined : this.#served?.version
  }
}

/** How the model that is served can be named again. Pure. */
export function choiceOf({ path, source, version }: ServedModel['model']): Choice {
  return { path, source, ...(version ? { version } : {}) }
}

function isSame(one: Choice, other: Choice): boolean {
  return one.path === other.path && isSameContent(one.version, other.version)
}
