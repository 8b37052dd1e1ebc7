/** Everything that can show that a pod is in use, in the order in which it is told. */
export const signalNames = [
  'hold',
  'trainer',
  'ssh',
  'jupyter',
  'api',
  'gpu',
  'upload',
  'processes',
  'heartbeat',
] as const
export type SignalName = (typeof signalNames)[number]

/** What a signal shows at one moment. */
export interface Reading {
  /** `unknown`: it could not be found out; that is not the same as quiet. */
  readonly state: 'active' | 'quiet' | 'unknown'
  /** Monotonic milliseconds (`monotonicMs`) of the last activity; undefined: none was seen since podmate started. */
  readonly lastActiveMs: number | undefined
  /** One short plain sentence: "step 1,240 came 12 s ago", "3 idle tunnels", "nvidia-smi has not answered for 5 s". */
  readonly evidence: string
}

/** One kind of use. What is never here (Jupyter disabled) has no signal at all; a GPU may show up later. */
export interface Signal {
  readonly name: SignalName
  /** Whether there is anything to read now; asked before every reading. Absent: always. */
  isHere?(): boolean
  /** Never rejects, and settles within 5 s or when `signal` aborts, then as `unknown`. */
  read(nowMs: number, signal: AbortSignal): Promise<Reading>
}
