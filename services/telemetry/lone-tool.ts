import { ProcessesLeft } from '../../supervisor/ending.ts'
import { aborted, settledWithin } from '../../supervisor/time.ts'
import { startTool, type Tool, type ToolProcess } from './tool-process.ts'

/** nvidia-smi gives the driver back what it holds when it is asked to end; a KILL can freeze a GPU. */
const politeMs = 1000
/** A process that has been killed is gone within milliseconds, unless it hangs in the kernel. */
const goneMs = 1000

export type ToolOutcome =
  | { readonly type: 'ended'; readonly code: number | null; readonly lines: readonly string[] }
  /** It did not end in time, or one of before still does not. */
  | { readonly type: 'hung'; readonly pid: number }
  | { readonly type: 'aborted' }

/** A program that is started again and again but never beside itself: one that cannot be killed is waited for. */
export class LoneTool {
  readonly #start: typeof startTool
  #last: ToolProcess | undefined

  constructor(start = startTool) {
    this.#start = start
  }

  /** The process of before that still is there. */
  get left(): number | undefined {
    return this.#last?.pid
  }

  /** Rejects when it cannot be started, above all while one of before is left. */
  async start(tool: Tool, onLine: (line: string) => void): Promise<ToolProcess> {
    if (this.#last) throw new Error(`${tool.command} still runs (pid ${this.#last.pid})`)
    const process = await this.#start(tool, onLine)
    this.#last = process
    void process.ended.then(() => {
      this.#last = undefined
    })
    return process
  }

  /** Settles when none is left, or when `signal` aborts. */
  async gone(signal: AbortSignal): Promise<void> {
    if (this.#last) await Promise.race([this.#last.ended, aborted(signal)])
  }

  /** Ends the one that runs; tells whether it is gone. */
  async end(): Promise<boolean> {
    const process = this.#last
    if (!process) return true
    await process.end(politeMs)
    return settledWithin(process.ended, goneMs)
  }

  /** The same for the end of a service: rejects with ProcessesLeft when it cannot be ended. */
  async close(): Promise<void> {
    if (await this.end()) return
    const process = this.#last
    process?.letGo()
    if (process) throw new ProcessesLeft([process.pid])
  }

  /** One whole run of at most `limitMs`, which ends early when `signal` aborts. */
  async run(tool: Tool, limitMs: number, signal: AbortSignal): Promise<ToolOutcome> {
    if (this.#last) return { type: 'hung', pid: this.#last.pid }
    const lines: string[] = []
    const process = await this.start(tool, (line) => void lines.push(line))
    if (await settledWithin(process.ended, limitMs, signal))
      return { type: 'ended', code: (await process.ended).code, lines }
    await this.end()
    return signal.aborted ? { type: 'aborted' } : { type: 'hung', pid: process.pid }
  }
}
