/** A file or folder that was passed over while a model was looked for, and why. */
export interface Rejection {
  readonly path: string
  readonly reason: string
}

/** What the model host is told once, right after it was forked. */
export interface LoadOrder {
  /** A file, or `latest`: the newest valid model under `artifactDirs`, else `bundledModel`. */
  readonly modelPath: string
  readonly artifactDirs: readonly string[]
  readonly bundledModel: string
  /** `auto`, `cpu`, `cuda` or `cuda:N`. */
  readonly device: string
  /** Threads inside one operator. */
  readonly threads: number
  /** Files that a model host died or hung on: not opened again until they change. */
  readonly skip: readonly Suspect[]
}

/** A file that a model host died or hung on. */
export interface Suspect extends Rejection {
  readonly version: string
}

/** A game as a model of tokens reads it: token ids and the ids of its features. */
export interface TokenRow {
  readonly kind: 'tokens'
  readonly tokens: readonly number[]
  readonly winner: number
  readonly phase: number
  readonly side: number
}

/** A position as a model of planes reads it, 112 planes of 8 by 8 squares, row by row. */
export interface PlaneRow {
  readonly kind: 'planes'
  readonly planes: Float32Array
}

/** One question, in the form that its model's family takes. */
export type Row = TokenRow | PlaneRow

/** What a model says of one row. */
export interface Output {
  /** One score for each move or token that the family knows. */
  readonly scores: Float32Array
  /** Win, draw and loss for the side to move; they add up to 1. */
  readonly wdl?: readonly [number, number, number]
  /** From -1 (the side to move loses) to 1. */
  readonly value?: number
  /** Plies until the game ends. */
  readonly movesLeft?: number
}

/** What differs between models beyond their weights. */
export type FamilyName = 'next_move_lstm' | 'lc0'

/** `file` was named, `latest` was found, `bundled` ships with podmate. */
export type ModelSource = 'file' | 'latest' | 'bundled'

/** The model that is ready to answer. */
export interface LoadedModel {
  readonly path: string
  readonly source: ModelSource
  readonly family: FamilyName
  /** Weights and biases; null for an `.onnx`, which does not say. */
  readonly parameters: number | null
  /** In the order of their ids. */
  readonly tokens: readonly string[]
  readonly unknownId: number
  /** What a profiled run used: `cpu` or `cuda:N`. */
  readonly device: string
  readonly deviceRequested: string
  /** Nodes of the graph by the execution provider that ran them. */
  readonly nodes: Readonly<Record<string, number>>
  readonly rejected: readonly Rejection[]
  /** What the user should know although a model was loaded. */
  readonly warnings: readonly string[]
}

export const loadStages = ['find', 'read', 'prepare', 'warm up'] as const
export type LoadStage = (typeof loadStages)[number]

/** What is being done to which version of which file: a host that dies here is known to have died of it. */
export interface LoadProgress {
  readonly stage: LoadStage
  readonly path: string
  readonly version?: string
  readonly bytesRead?: number | undefined
  readonly bytesTotal?: number
}

export type ToHost =
  | { readonly type: 'load'; readonly order: LoadOrder }
  | { readonly type: 'run'; readonly id: number; readonly rows: readonly Row[] }

export type FromHost =
  | { readonly type: 'progress'; readonly progress: LoadProgress }
  | { readonly type: 'loaded'; readonly model: LoadedModel }
  /** No model can be served; the host ends. */
  | { readonly type: 'refused'; readonly reason: string; readonly rejected: readonly Rejection[] }
  /** One output for each row, in their order; `runMs` is what computing them took. */
  | {
      readonly type: 'outputs'
      readonly id: number
      readonly outputs: readonly Output[]
      readonly runMs: number
    }
  | { readonly type: 'failed'; readonly id: number; readonly reason: string }
