import { launch } from '../../supervisor/launch.ts'
import { lineRate } from '../../supervisor/line-rate.ts'
import { lineSplitter } from '../../supervisor/line-splitter.ts'
import { settledWithin } from '../../supervisor/time.ts'

export interface ToolEnd {
  readonly code: number | null
  readonly signal: string | null
}

/** A small foreign program that is asked something: nvidia-smi, df. */
export interface ToolProcess {
  readonly pid: number
  /** Settles when it is gone and all it said was told. Never rejects. */
  readonly ended: Promise<ToolEnd>
  /** TERM, and KILL when it still lives after `politeMs`; settles then, whether it is gone or not. */
  end(politeMs: number): Promise<void>
  /** It may outlive this process. */
  letGo(): void
}

export interface Tool {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}
export type StartTool = (tool: Tool, onLine: (line: string) => void) => Promise<ToolProcess>

const linesPerSecond = 200
/** Something that it started may hold the pipes open. */
const pipesMs = 200

/** Starts it in a process group of its own and tells the lines of both its streams. Rejects when it cannot be started. */
export const startTool: StartTool = async (tool, onLine) => {
  const { process: child, startFailure } = await launch(tool)
  startFailure.catch(() => {}) // cut off by letGo(); the exit code says as much
  const { stdout, stderr } = child
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const exited = new Promise<ToolEnd>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  const splitters = [stdout, stderr].map((stream) => {
    const rate = lineRate(linesPerSecond, () => {})
    const splitter = lineSplitter(onLine, rate, (text) => text)
    stream?.on('data', (chunk: Buffer) => splitter.push(chunk))
    stream?.on('error', () => {}) // its `close` follows
    return splitter
  })
  const ended = exited.then(async (end) => {
    await settledWithin(closed, pipesMs)
    for (const stream of [stdout, stderr]) stream?.destroy()
    for (const splitter of splitters) splitter.end()
    return end
  })
  const pid = child.pid ?? 0
  return {
    pid,
    ended,
    async end(politeMs) {
      signalGroup(pid, 'SIGTERM')
      await settledWithin(ended, politeMs)
      // What it started may be there although it is gone itself.
      signalGroup(pid, 'SIGKILL')
    },
    letGo() {
      child.unref()
      for (const stream of child.stdio) stream?.destroy()
    },
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // The group went in the meantime, which is what was wanted.
  }
}
