import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { oomKills } from '../../../supervisor/cgroup.ts'
import { ProcessesLeft, programEnding } from '../../../supervisor/ending.ts'
import type { Ending } from '../../../supervisor/events.ts'
import type { ServiceContext } from '../../../supervisor/service.ts'
import { settledWithin } from '../../../supervisor/time.ts'
import { gpuFailedExit, type ToHost } from '../model-host/protocol.ts'

const modelHost = fileURLToPath(new URL('../model-host/main.ts', import.meta.url))
const politeMs = 300

/** glibc would learn from the large blocks of loading to keep what is freed: 50 MB for a model of 20. */
const thrift = { MALLOC_MMAP_THRESHOLD_: String(2 ** 18) }

/** How the model host is started: its whole environment, and the account that it runs as. */
export interface HostProcessOptions {
  readonly env: Readonly<Record<string, string>>
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
  /** What is forked instead of the model host: a stand-in for hardware that is not here. */
  readonly program?: string
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
  options: HostProcessOptions,
  { log, program: context }: ServiceContext,
): Promise<HostProcess> {
  const folder = await hostFolder(options.user)
  const oomKillsBefore = oomKills()
  const child = await spawned(() => forkHost(options, folder, context.mark)).catch(async (error: unknown) => {
    await rm(folder, { recursive: true })
    throw error
  })
  const ended = new Promise<Ending>((resolve) => {
    child.once('exit', (code, signal) => {
      const words = code === gpuFailedExit ? 'the GPU failed' : ''
      resolve(programEnding(code, signal, words, oomKills() > oomKillsBefore))
    })
  })
  child.on('error', (err) => log.warn({ err }, 'a message to the model host was lost'))
  for (const stream of ['stdout', 'stderr'] as const) {
    logLines(child[stream], (line) => log.warn({ stream }, line))
  }
  context.tell({ type: 'spawned', pid: child.pid ?? 0, command: options.program ?? modelHost })
  return hostProcess(child, { ended, folder, killWaitMs: context.timings.killWaitMs })
}

function forkHost(
  { env, user, program = modelHost }: HostProcessOptions,
  folder: string,
  mark: Readonly<Record<string, string>>,
) {
  return fork(program, [], {
    cwd: folder,
    detached: true,
    env: { ...thrift, ...env, TMPDIR: folder, ...mark },
    execArgv: ['--expose-gc'], // the host says when its model is loaded
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    ...user,
  })
}

async function spawned(start: () => ChildProcess): Promise<ChildProcess> {
  const child = start()
  await once(child, 'spawn')
  return child
}

/**
 * An empty folder for the host to work in and to put its profile into. Not the supervisor's: that may lie on a volume
 * that hangs, and an `.onnx` may name any file below the working folder as its weights.
 */
async function hostFolder(user: HostProcessOptions['user']): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'podmate-model-host-'))
  if (user) await chown(folder, user.uid, user.gid)
  return folder
}

interface HostLife {
  readonly ended: Promise<Ending>
  readonly folder: string
  readonly killWaitMs: number
}

function hostProcess(child: ChildProcess, { ended, folder, killWaitMs }: HostLife): HostProcess {
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
      try {
        if (child.connected) child.disconnect()
        if (await settledWithin(ended, politeMs, now)) return
        kill()
        if (await settledWithin(ended, killWaitMs)) return
        leave(child)
        throw new ProcessesLeft([pid])
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}

/** A file call on a hung volume cannot be killed; the process holds nothing of ours but its pid. */
function leave(child: ChildProcess): void {
  child.unref()
  child.stdout?.destroy()
  child.stderr?.destroy()
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
