import { monotonicMs } from '../../../supervisor/time.ts'
import type { DecisionInput } from '../decision/decision-input.ts'
import { type Memory, noMemory } from '../decision/memory.ts'
import type { StopCause } from '../decision/verdict.ts'
import type { LastStop, StopProgress } from '../stop/stop-progress.ts'
import type { AutostopState } from './autostop-state.ts'

/** What the watch knows, for whoever asks; it outlives the runs of the service. */
export class WatchBook {
  memory: Memory = noMemory
  /** Of the boot before this one. */
  lastStop: LastStop | undefined
  /** When the pod could first be used. */
  readyMs: number | undefined
  /** Whether the journal has been told that podmate runs. */
  hasBegun = false
  /** What a dry run has told already and would tell at every look. */
  readonly told = new Set<StopCause>()
  /** Why the pod has booted at an end of its time; told once each. */
  readonly lateCauses = new Set<StopCause>()
  /** Somebody's word that the pod is to stop; gone when it was taken back, or done. */
  asked: DecisionInput['asked']
  /** It ran, and does so no longer although podmate does: nobody watches the pod. */
  hasEnded = false
  #bell = new AbortController()
  #state: AutostopState | undefined
  #news = Promise.withResolvers<void>()

  get state(): AutostopState | undefined {
    return this.#state
  }

  set state(state: AutostopState | undefined) {
    this.#state = state
    this.#news.resolve()
    this.#news = Promise.withResolvers()
  }

  /** Settles with the next state. */
  get news(): Promise<void> {
    return this.#news.promise
  }

  /** Aborts when a decision is to be made at once. */
  get bell(): AbortSignal {
    return this.#bell.signal
  }

  wake(): void {
    this.#bell.abort()
    this.#bell = new AbortController()
  }

  /** Idle time counts from now on, and no longer from what was before. */
  startClockAnew(): void {
    this.memory = { ...this.memory, idleSinceMs: monotonicMs() }
    this.wake()
  }

  showStop(stop: StopProgress | undefined): void {
    if (this.state) this.state = { ...this.state, stop }
  }
}
