import type { JobsAnswer, JobsCall } from './jobs-calls.ts'

/** What the child that owns the volume is asked to do. A new kind needs a line here, in `Replies` and in the child's handlers. */
export type VolumeRequest =
  /** Creates the folder and claims it; again while it is ours: proves that it can be written. */
  | { readonly type: 'open'; readonly dir: string; readonly folder: string; readonly ownerPid: number }
  | { readonly type: 'read'; readonly name: string }
  | WriteRequest
  | { readonly type: 'secret'; readonly name: string }
  | { readonly type: 'touch'; readonly path: string }
  /** Looks when a file was changed, anywhere. */
  | { readonly type: 'modified'; readonly path: string }
  /** Looks where a folder lies, anywhere. */
  | { readonly type: 'folder'; readonly path: string }
  /** Asks jobs.sqlite. */
  | { readonly type: 'jobs'; readonly call: JobsCall }
  /** Asks the volume something that no cache can answer. */
  | { readonly type: 'check' }
  /** Gives the folder up. */
  | { readonly type: 'close' }

/** Requests about other disks: they neither wait for the volume nor say anything about it. */
export const elsewhere: ReadonlySet<VolumeRequest['type']> = new Set(['touch', 'modified', 'folder'])

/** Requests whose loss would lose something: kept until the volume took them. */
export type WriteRequest =
  | { readonly type: 'write'; readonly name: string; readonly text: string }
  | { readonly type: 'append'; readonly name: string; readonly text: string; readonly limitBytes: number }

export interface Replies {
  /** `notices`: what was changed so that nobody but root can swap the folder. `from`: whose stale claim was taken over. */
  readonly open: { readonly notices: readonly string[]; readonly from?: string }
  readonly read: string | undefined
  readonly write: undefined
  readonly append: undefined
  readonly secret: string
  readonly touch: undefined
  readonly modified: number | undefined
  readonly folder: FolderPlace
  readonly jobs: JobsAnswer
  readonly check: undefined
  readonly close: undefined
}

/** Where a folder lies: `container` is the disk of `/`, which a stop of the pod clears; `volume` any other. */
export interface FolderPlace {
  readonly path: string
  readonly place: 'absent' | 'container' | 'volume'
  /** Whether a file is in it or below; of a very large tree only the beginning is looked at. */
  readonly hasFiles: boolean
}
export type RequestType = VolumeRequest['type']
export type RequestOf<Type extends RequestType> = Extract<VolumeRequest, { readonly type: Type }>

export interface Envelope {
  readonly id: number
  readonly request: VolumeRequest
}

export type Answer =
  | { readonly id: number; readonly reply: unknown }
  | { readonly id: number; readonly failure: Failure }

/** Why a request could not be done: a code of the system (ENOSPC) `ALREADY_RUNNING` or `UNGUARDED`, and the path it happened to. */
export interface Failure {
  readonly code: string
  readonly message: string
  readonly path?: string
}
