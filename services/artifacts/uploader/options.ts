/** Where files go on the Hub. */
export interface HubTarget {
  /** `user/name`. */
  readonly repoId: string
  readonly repoType: 'model' | 'dataset' | 'space'
  readonly branch: string
  /** Without slashes at its ends; empty: the root of the repo. */
  readonly prefix: string
  readonly endpoint: string
}

/** One folder whose files go up. */
export interface SourceFolder {
  readonly dir: string
  /** The folder they go into, below the prefix; empty where there is one source only. */
  readonly under: string
}

/** What is told the uploader about files: which, from where, and when. Times in ms, sizes in bytes. */
export interface UploadOptions {
  readonly target: HubTarget
  readonly sources: readonly SourceFolder[]
  /** As in a shell, but `*` crosses folders; on the whole relative path or the bare name. `!pattern` takes files out. */
  readonly patterns: readonly string[]
  /** First line of every commit. */
  readonly commitMessage: string
  /** `keep` deletes nothing on the Hub; `mirror` deletes what was uploaded from here and is gone. */
  readonly deletion: 'keep' | 'mirror'
  /** The longest time between two scans of all folders. */
  readonly scanEveryMs: number
  readonly settleMs: number
  readonly debounceMs: number
  readonly maxWaitMs: number
  readonly commitsPerHour: number
  readonly maxFileBytes: number
  /** See HubOptions, which these are handed on to. */
  readonly useXet: boolean
  readonly refusePublic: boolean
  readonly version: string
}

/** What holds unless it is set otherwise. */
export const uploadDefaults = {
  patterns: ['*.onnx', '*.pt', '*.json', '*.safetensors'],
  commitMessage: 'sync chess-bot artifacts',
  deletion: 'keep',
  scanEveryMs: 120_000,
  settleMs: 5000,
  debounceMs: 10_000,
  maxWaitMs: 120_000,
  commitsPerHour: 30,
  maxFileBytes: 50e9,
  useXet: false,
  refusePublic: false,
} as const satisfies Partial<UploadOptions>
