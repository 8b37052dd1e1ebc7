import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { ProcessesLeft, programEnding } from '../../supervisor/ending.ts'
import type { Ending } from '../../supervisor/events.ts'
import type { ServiceContext } from '../../supervisor/service.ts'
import { settledWithin } from '../../supervisor/time.ts'
import type { Answer, Envelope, Replies, RequestOf, RequestType } from './protocol.ts'
import { VolumeFailure } from './volume-error.ts'

const program = fileURLToPath(new URL('./child/main.ts', import.meta.url))

export interface VolumeChild {
  /** Settles when it can be asked: its own start-up is not held against the volume. */
  readonly started: Promise<unknown>
  /** How it ended; pending while it lives. */
  readonly ended: Promise<Ending>
  /** Rejects with a VolumeFailure. Never settles when the volume hangs or the child ends. */
  request<Type extends RequestType>(request: RequestOf<Type>): Promise<Replies[Type]>
  /** Ends it, by KILL when it still lives after `ms`. Rejects with ProcessesLeft when not even that ends it. */
  end(ms: number, kill: AbortSignal): Promise<void>
}

/** Starts the process that alone touches the volume. Rejects when it cannot be started. */
export async function startVolumeChild({ log, program: context }: ServiceContext): Promise<VolumeChild> {
  const child = fork(program, {
    // The supervisor's own folder may lie on a volume that hangs.
    cwd: '/',
    detached: true,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', ...compileCache(), ...context.mark },
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  // A listener, not `once`: that would reject beside the `await` below when the fork itself fails.
  const ended = new Promise<Ending>((resolve) => {
    child.once('exit', (code, signal) => resolve(programEnding(code, signal, '', false)))
  })
  const started = new Promise((resolve) => child.once('message', resolve))
  await once(child, 'spawn')
  child.on('error', (err) => log.warn({ err }, 'a message to the state process was lost'))
  if (child.stderr) createInterface(child.stderr).on('line', (line) => log.warn({ stream: 'stderr' }, line))
  context.tell({ type: 'spawned', pid: child.pid ?? 0, command: program })
  const killWaitMs = context.timings.killWaitMs
  return {
    started,
    ended,
    request: requester(child),
    async end(ms, kill) {
      if (child.connected) child.disconnect()
      if (await settledWithin(ended, ms, kill)) return
      child.kill('SIGKILL')
      if (await settledWithin(ended, killWaitMs)) return
      // A file call on a hung volume cannot be killed; it holds nothing of ours but its pid.
      child.unref()
      child.stderr?.destroy()
      throw new ProcessesLeft([child.pid ?? 0])
    },
  }
}

function requester(child: ChildProcess): VolumeChild['request'] {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let last = 0
  child.on('message', (answer: Answer) => {
    const asked = waiting.get(answer.id)
    waiting.delete(answer.id)
    if ('failure' in answer) asked?.reject(new VolumeFailure(answer.failure))
    else asked?.resolve(answer.reply)
  })
  return <Type extends RequestType>(request: RequestOf<Type>) => {
    const asked = Promise.withResolvers<unknown>()
    last += 1
    waiting.set(last, asked)
    if (child.connected) child.send({ id: last, request } satisfies Envelope)
    // The child answers a request with the reply of its type: `Handlers` in child/handle.ts holds it to that.
    return asked.promise as Promise<Replies[Type]>
  }
}

/** A start from kept code takes half the time. */
function compileCache(): Record<string, string> {
  const folder = getCompileCacheDir()
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) } // Node adds its version itself
}
