import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { oomKills } from '../../supervisor/cgroup.ts'
import { ProcessesLeft, programEnding } from '../../supervisor/ending.ts'
import type { Ending } from '../../supervisor/events.ts'
import type { ServiceContext } from '../../supervisor/service.ts'
import { settledWithin } from '../../supervisor/time.ts'
import type { FromUploader, ToUploader } from './uploader/protocol.ts'

const program = fileURLToPath(new URL('./uploader/main.ts', import.meta.url))
const politeMs = 300

/** The forked uploader: a process group of its own, which ends by itself when this process does. */
export interface UploaderProcess {
  readonly pid: number
  /** Settles when the process is gone. */
  readonly ended: Promise<Ending>
  send(message: ToUploader): void
  onMessage(listener: (message: FromUploader) => void): void
  /** Lets it end, then kills it. Rejects with ProcessesLeft when not even that ends it. */
  end(kill: AbortSignal): Promise<void>
}

/**
 * Forks the uploader, under the account of podmate itself: to others of that account its memory is readable, and it holds
 * the token. What it prints goes into the log. Rejects when it cannot be started.
 */
export async function startUploader(
  env: Readonly<Record<string, string>>,
  { log, program: context }: ServiceContext,
): Promise<UploaderProcess> {
  const oomKillsBefore = oomKills()
  const child = fork(program, [], {
    // The supervisor's own folder may lie on a volume that hangs.
    cwd: '/',
    detached: true,
    env: { ...env, ...compileCache(), ...context.mark },
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const ended = new Promise<Ending>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(programEnding(code, signal, '', oomKills() > oomKillsBefore))
    })
  })
  await once(child, 'spawn')
  child.on('error', (err) => log.warn({ err }, 'a message to the uploader was lost'))
  for (const stream of ['stdout', 'stderr'] as const) {
    logLines(child[stream], (line) => log.warn({ stream }, line))
  }
  const pid = child.pid ?? 0
  context.tell({ type: 'spawned', pid, command: program })
  return {
    pid,
    ended,
    send: (message) => {
      if (child.connected) child.send(message)
    },
    // Both ends are of one version.
    onMessage: (listener) => void child.on('message', (message) => listener(message as FromUploader)),
    end: (kill) => endChild(child, ended, context.timings.killWaitMs, kill),
  }
}

async function endChild(
  child: ChildProcess,
  ended: Promise<Ending>,
  killWaitMs: number,
  kill: AbortSignal,
): Promise<void> {
  if (child.connected) child.disconnect()
  if (await settledWithin(ended, politeMs, kill)) return
  killGroup(child)
  if (await settledWithin(ended, killWaitMs)) return
  // A file call on a hung volume cannot be killed; the process holds nothing of ours but its pid.
  child.unref()
  child.stdout?.destroy()
  child.stderr?.destroy()
  throw new ProcessesLeft([child.pid ?? 0])
}

function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The group went in the meantime, which is what was wanted.
  }
}

function logLines(stream: Readable | null, write: (line: string) => void): void {
  if (stream) createInterface({ input: stream }).on('line', write)
}

/** A start from kept code takes half the time. */
function compileCache(): Record<string, string> {
  const folder = getCompileCacheDir()
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) } // Node adds its version itself
}
