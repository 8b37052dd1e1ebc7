import type { PodView } from '../../supervisor/pod.ts'
import type { EventLevel } from '../../supervisor/service.ts'
import type { DecisionInput } from './decision/decision-input.ts'
import type { Cost, Hold } from './desk/desk.ts'
import type { JournalStore } from './journal.ts'
import type { AutostopSettings } from './settings.ts'
import type { Signal } from './signal.ts'
import type { SavePort, Stopper, StopTimings } from './stop/stop-tools.ts'
import type { AutostopAction, AutostopVerb } from './watch/autostop-state.ts'

/** Something that whoever looks after the pod should know. */
export interface Notice {
  readonly level: EventLevel
  readonly text: string
}

/** What the pod costs. Times: monotonic `nowMs`, epoch `wallMs`. */
export interface MoneyPort {
  /** Reads what was spent before, and asks for the rate. Settles when `stop` aborts; never rejects. */
  run(stop: AbortSignal): Promise<void>
  /** Called about every second: counts the time since the last call. Gives what people must be told now, once each. */
  tick(nowMs: number, wallMs: number): readonly Notice[]
  spent(): DecisionInput['spent']
  cost(wallMs: number): Cost
  /** How long this run of the pod has lasted, over restarts of the container. */
  lifetimeMs(): number
  /** Monotonic: when this start of the container began. */
  bootMs(nowMs: number): number
}

/** The promise of the user to need the pod; kept where a restart of podmate finds it. */
export interface HoldPort {
  current(): Hold | undefined
  /** Holds at once; settles when it is written, or when the volume has not taken it. Never rejects. */
  set(hold: Hold | undefined): Promise<void>
  /** Reads the one from before this start. Settles when it is known, or when `stop` aborts. Never rejects. */
  open(stop: AbortSignal): Promise<void>
}

/** The end of training, as far as it asks for a stop. */
export interface FinishPort {
  finished(): (NonNullable<DecisionInput['finished']> & { readonly verb: AutostopVerb }) | undefined
}

/** Parsed values of the environment, and what the service is given by others. */
export interface AutostopOptions {
  /** Why nothing stops this pod by itself; the service is then disabled. */
  readonly off: string | undefined
  readonly settings: AutostopSettings
  readonly action: AutostopAction
  readonly verb: AutostopVerb
  /** AUTOSTOP_TERMINATE_UNSYNCED. */
  readonly terminateUnsynced: boolean
  readonly trainStopGraceMs: number
  readonly timings: StopTimings
  /** What keeps the pod from stopping as it should, known from the start; a sentence with the remedy each. */
  readonly problems: readonly string[]
  readonly signals: readonly Signal[]
  readonly pod: Pick<PodView, 'status' | 'command' | 'shutdown' | 'onEvent'>
  readonly store: JournalStore
  readonly stopper: Stopper
  readonly save: SavePort
  readonly money: MoneyPort
  readonly hold: HoldPort
  readonly finish: FinishPort
  /** Shows a line at every terminal. */
  tellTerminals(text: string): void
}
