import { ProgramEnded } from '../../../supervisor/ending.ts'
import type { Ending } from '../../../supervisor/events.ts'
import { unpackOutputs } from '../model-host/pack-outputs.ts'
import { packRows } from '../model-host/pack-rows.ts'
import type {
  FromHost,
  LoadedModel,
  LoadOrder,
  LoadProgress,
  Output,
  Rejection,
  Row,
  Seen,
  WatchOrder,
} from '../model-host/protocol.ts'
import type { HostProcess } from './host-process.ts'

/** How long the host may be silent: from one step of loading to the next, and from a question to its answer. */
export interface HostPatience {
  readonly loadMs: number
  readonly answerMs: number
}

/** No model can be served; `rejected` lists what was looked at. */
export class LoadRefused extends Error {
  readonly rejected: readonly Rejection[]

  constructor(message: string, rejected: readonly Rejection[]) {
    super(message)
    this.name = 'LoadRefused'
    this.rejected = rejected
  }
}

/** What a host says of a batch: one output for each row, in their order, and what computing them took. */
export interface Answers {
  readonly outputs: readonly Output[]
  readonly runMs: number
}

interface Batch extends PromiseWithResolvers<Answers> {
  readonly timer: NodeJS.Timeout
}

/** The parent's end of a model host: typed messages, answers by number, no patience with a silent host. */
export class ModelHost {
  readonly #process: HostProcess
  readonly #patience: HostPatience
  readonly #batches = new Map<number, Batch>()
  readonly #loaded = Promise.withResolvers<LoadedModel>()
  readonly #ended = Promise.withResolvers<Ending>()
  #ending: Ending | undefined
  #lastId = 0
  #silence: NodeJS.Timeout | undefined
  #onProgress: (progress: LoadProgress) => void = () => {}
  #device: string | undefined
  #onSeen: (seen: Seen) => void = () => {}

  constructor(process: HostProcess, patience: HostPatience) {
    this.#process = process
    this.#patience = patience
    this.#loaded.promise.catch(() => {}) // whoever asked for the model hears of it
    process.onMessage((message) => this.#receive(message as FromHost)) // the host sends nothing else
    void process.ended.then((ending) => this.#close(ending))
  }

  /** False once it has ended or was given up on. */
  get alive(): boolean {
    return this.#ending === undefined
  }

  /** What its model runs on, once it is loaded. */
  get device(): string | undefined {
    return this.#device
  }

  /** Settles when the host has ended, or was given up on because it was silent for too long. */
  get ended(): Promise<Ending> {
    return this.#ended.promise
  }

  /** Loads a model; rejects with LoadRefused, or with ProgramEnded when the host ends or is given up on. */
  load(order: LoadOrder, onProgress: (progress: LoadProgress) => void): Promise<LoadedModel> {
    this.#onProgress = onProgress
    this.#expectNews()
    this.#process.send({ type: 'load', order })
    return this.#loaded.promise
  }

  /** Asks rows together; rejects when the host cannot answer or has ended. */
  run(rows: readonly Row[]): Promise<Answers> {
    if (this.#ending) return Promise.reject(new ProgramEnded(this.#ending))
    const { answerMs } = this.#patience
    this.#lastId += 1
    const timer = setTimeout(() => this.#giveUp(`gave no answer for ${answerMs / 1000} s`), answerMs)
    const batch = { ...Promise.withResolvers<Answers>(), timer }
    this.#batches.set(this.#lastId, batch)
    this.#process.send({ type: 'run', id: this.#lastId, rows: packRows(rows) })
    return batch.promise
  }

  /** Has it watch the artifact folders beside its work; a later call replaces the order. */
  watch(order: WatchOrder, onSeen: (seen: Seen) => void): void {
    this.#onSeen = onSeen
    this.#process.send({ type: 'watch', order })
  }

  #receive(message: FromHost): void {
    if (message.type === 'outputs') this.#answer(message)
    else if (message.type === 'failed') this.#take(message.id)?.reject(new Error(message.reason))
    else if (message.type === 'progress') this.#noteProgress(message.progress)
    else if (message.type === 'seen') this.#onSeen(message.seen)
    else this.#finishLoading(message)
  }

  #answer({ id, outputs, runMs }: Extract<FromHost, { type: 'outputs' }>): void {
    this.#take(id)?.resolve({ outputs: unpackOutputs(outputs), runMs })
  }

  #noteProgress(progress: LoadProgress): void {
    this.#expectNews()
    this.#onProgress(progress)
  }

  #finishLoading(message: Extract<FromHost, { type: 'loaded' | 'refused' }>): void {
    clearTimeout(this.#silence)
    if (message.type === 'loaded') this.#device = message.model.device
    if (message.type === 'loaded') this.#loaded.resolve(message.model)
    else this.#loaded.reject(new LoadRefused(message.reason, message.rejected))
  }

  #expectNews(): void {
    const { loadMs } = this.#patience
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => this.#giveUp(`was silent for ${loadMs / 1000} s while loading`), loadMs)
  }

  #take(id: number): Batch | undefined {
    const batch = this.#batches.get(id)
    this.#batches.delete(id)
    clearTimeout(batch?.timer)
    return batch
  }

  // A process that hangs in the kernel may never be seen to end, so it is over for us at once.
  #giveUp(reason: string): void {
    this.#process.kill()
    this.#close({ ok: false, exitCode: null, signal: 'SIGKILL', reason: `${reason} and was killed` })
  }

  #close(ending: Ending): void {
    clearTimeout(this.#silence)
    this.#ending ??= ending
    this.#ended.resolve(ending)
    this.#loaded.reject(new ProgramEnded(ending))
    for (const id of [...this.#batches.keys()]) this.#take(id)?.reject(new ProgramEnded(ending))
  }
}
