import type { PackedOutputs } from './pack-outputs.ts'
import type { PackedRows } from './pack-rows.ts'

/** A file or folder that was passed over while a model was looked for, and why. */
export interface Rejection {
  readonly path: string
  readonly reason: string
  /** Changes when the file is written again; absent where none could be looked at. */
  readonly version?: string
  /** Set when it is not about what the file holds: the same version may do later. */
  readonly passing?: boolean
  /** Set when it is no model at all, but a training state or the like: listed, without a warning. */
  readonly isNoModel?: boolean
  /** Set when it leads out of the folders that may be named. */
  readonly outside?: boolean
}

/** One version of one file. */
export interface FileVersion {
  readonly path: string
  readonly bytes: number
  readonly mtimeMs: number
  /** Of the files beside it that hold its weights. */
  readonly data?: string
  readonly version: string
  /** What its own record says of it. */
  readonly quality?: Quality
}

/** How good a model was on held-out games when it was saved. */
export interface Quality {
  /** The share of moves that were its first choice, from 0 to 1. */
  readonly top1?: number
  /** Nats a move. */
  readonly val_loss?: number
}

/** Whether two versions of one file hold the same, as far as sizes and times tell. Pure. */
export function isSameContent(one: Content | undefined, other: Content | undefined): boolean {
  return one?.bytes === other?.bytes && one?.mtimeMs === other?.mtimeMs && one?.data === other?.data
}

type Content = Pick<FileVersion, 'bytes' | 'mtimeMs' | 'data'>

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
  /** What recurrent states may be kept by each host; without it, none. */
  readonly stateBytes?: number
  /** Serves weights of 8 bits where that can be. */
  readonly int8?: boolean
  /** Files that a model host died or hung on: not opened again until they change. */
  readonly skip: readonly Suspect[]
  /** Where `modelPath` comes from when it is not what the environment says. */
  readonly wanted?: {
    readonly source: ModelSource
    /** It must lie here, links resolved; none: anywhere. */
    readonly within: readonly string[]
    /** Only if it is still as it was then. */
    readonly version?: FileVersion
  }
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
  /** What it was computed on; the pool of hosts says so. */
  readonly device?: string
}

/** What differs between models beyond their weights. */
export type FamilyName = 'next_move_lstm' | 'lc0'

/** How far 8 bits and full precision agree on fixed positions: shares from 0 to 1. */
export interface Int8Agreement {
  readonly positions: number
  /** Positions with the same first choice. */
  readonly same_first: number
  /** How many of the ten best are among the other's ten best. */
  readonly shared_top_10: number
}

/** What came of asking for 8 bits. */
export type Int8Serving =
  | ({ readonly served: true } & Int8Agreement)
  | { readonly served: false; readonly reason: string }

/** `file` was named, `latest` was found, `bundled` ships with podmate. */
export type ModelSource = 'file' | 'latest' | 'bundled'

/** The model that is ready to answer. */
export interface LoadedModel {
  readonly path: string
  readonly source: ModelSource
  readonly family: FamilyName
  /** Weights and biases; null for an `.onnx`, which does not say. */
  readonly parameters: number | null
  readonly quality?: Quality
  /** In the order of their ids. */
  readonly tokens: readonly string[]
  readonly unknownId: number
  /** What a profiled run used: `cpu` or `cuda:N`. */
  readonly device: string
  readonly deviceRequested: string
  /** All devices that may be used at the same time, the one in use first; none: that one alone. */
  readonly devices?: readonly string[]
  /** Set when 8 bits were asked for. */
  readonly int8?: Int8Serving
  /** Nodes of the graph by the execution provider that ran them. */
  readonly nodes: Readonly<Record<string, number>>
  readonly rejected: readonly Rejection[]
  /** What the user should know although a model was loaded. */
  readonly warnings: readonly string[]
  /** What its file was when it was read. */
  readonly version?: FileVersion
  /** Set when a GPU was given up for a reason that passes: worth another try later. */
  readonly gpuLater?: boolean
}

/** The exit code of a host whose GPU failed while it answered: what is on the GPU is given back with it. */
export const gpuFailedExit = 86

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

/** What the watch of the artifact folders goes by; a later order replaces it. */
export interface WatchOrder {
  readonly artifactDirs: readonly string[]
  /** A named file that is served whenever it is written again; nothing else is looked for then. */
  readonly file?: string
  /** What is served; undefined when any file of the folders is better. */
  readonly serving: Pick<FileVersion, 'path' | 'bytes' | 'mtimeMs' | 'data'> | undefined
  /** Versions that were tried; with `retryMs` they are worth another try after it. */
  readonly skip: readonly { readonly path: string; readonly version: string; readonly retryMs?: number }[]
  /** How often it looks without an event. */
  readonly pollMs: number
  /** How long a file has to be as it is. */
  readonly settleMs: number
}

/** What a watch has found, when it has changed. */
export interface Seen {
  /** Newest first; at most 100. */
  readonly candidates: readonly FileVersion[]
  /** What could not be looked at, and what is not whole. */
  readonly rejected: readonly Rejection[]
  /** The newest whole and settled file that is newer than what is served, and was not tried. */
  readonly newest: FileVersion | undefined
  /** Something newer is there, but not yet for long enough. */
  readonly settling: boolean
}

export type ToHost =
  | { readonly type: 'load'; readonly order: LoadOrder }
  | { readonly type: 'watch'; readonly order: WatchOrder }
  | { readonly type: 'run'; readonly id: number; readonly rows: PackedRows }

export type FromHost =
  | { readonly type: 'progress'; readonly progress: LoadProgress }
  | { readonly type: 'loaded'; readonly model: LoadedModel }
  /** No model can be served; the host ends. */
  | { readonly type: 'refused'; readonly reason: string; readonly rejected: readonly Rejection[] }
  /** One output for each row, in their order; `runMs` is what computing them took. */
  | {
      readonly type: 'outputs'
      readonly id: number
      readonly outputs: PackedOutputs
      readonly runMs: number
    }
  | { readonly type: 'failed'; readonly id: number; readonly reason: string }
  | { readonly type: 'seen'; readonly seen: Seen }
