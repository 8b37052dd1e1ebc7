import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { oomKills } from '../../supervisor/cgroup.ts'
import { ProcessesLeft, programEnding } from '../../supervisor/ending.ts'
import type { Ending } from '../../supervisor/events.ts'
import type { ServiceContext } from '../../supervisor/service.ts'
import { settledWithin } from '../../supervisor/time.ts'
import type { ToHost } from './model-host/protocol.ts'

const program = fileURLToPath(new URL('./model-host/main.ts', import.meta.url))
const politeMs = 300

/** How the model host is started: its whole environment, and the account that it runs as. */
export interface HostProcessOptions {
  readonly env: Readonly<Record<string, string>>
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
}

/** The forked model host: a process group of its own, which ends by itself when this process does. */
export interface HostProcess {
  readonly pid: number
  /** Settles when the process is gone. */
  readonly ended: Promise<Ending>
  send(message: ToHost): void
  onMessage(listener: (message: unknown) => void): void
  /** SIGKILL to its group, at once. */
  kill(): void
  /** Lets it end, then kills it. Rejects with ProcessesLeft when not even that ends it. */
  end(kill: AbortSignal): Promise<void>
}

/** Forks the model host; what it prints goes into the service's log. Rejects when it cannot be started. */
export async function startHostProcess(
  { env, user }: HostProcessOptions,
  { log, program: context }: ServiceContext,
): Promise<HostProcess> {
  const oomKillsBefore = oomKills()
  const child = fork(program, {
    // The supervisor's own folder may lie on a volume that hangs.
    cwd: '/',
    detached: true,
    env: { ...env, ...context.mark },
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    ...user,
  })
  const ended = once(child, 'exit').then(([code, signal]) =>
    programEnding(code, signal, '', oomKills() > oomKillsBefore),
  )
  await once(child, 'spawn')
  child.on('error', (err) => log.warn({ err }, 'a message to the model host was lost'))
  for (const stream of ['stdout', 'stderr'] as const) {
    logLines(child[stream], (line) => log.warn({ stream }, line))
  }
  context.tell({ type: 'spawned', pid: child.pid ?? 0, command: program })
  return hostProcess(child, ended, context.timings.killWaitMs)
}

function hostProcess(child: ChildProcess, ended: Promise<Ending>, killWaitMs: number): HostProcess {
  const pid = child.pid ?? 0
  const kill = () => killGroup(child)
  return {
    pid,
    ended,
    send: (message) => {
      if (child.connected) child.send(message)
    },
    onMessage: (listener) => void child.on('message', listener),
    kill,
    async end(now) {
      if (child.connected) child.disconnect()
      if (await settledWithin(ended, politeMs, now)) return
      kill()
      if (await settledWithin(ended, killWaitMs)) return
      // A file call on a hung volume cannot be killed; it holds nothing of ours but its pid.
      child.unref()
      child.stdout?.destroy()
      child.stderr?.destroy()
      throw new ProcessesLeft([pid])
    },
  }
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
