import { settledWithin } from '../../supervisor/time.ts'
import { noAnswer } from './failure-reason.ts'
import type { JobsCallName, JobsCallOf, JobsReplies } from './jobs-calls.ts'
import { checkedName } from './names.ts'
import { onePerPath } from './one-per-path.ts'
import type { FolderPlace, RequestOf, RequestType, WriteRequest } from './protocol.ts'
import type { Volume } from './serve-volume.ts'
import { unavailable } from './volume-error.ts'

/**
 * Files of this pod on the volume, by names relative to its folder. Every call settles within 2 s: it rejects with a
 * PodError (VOLUME_UNAVAILABLE or NOT_RUNNING), or with a RangeError for a name outside the folder.
 */
export interface StatePort {
  /** Undefined when there is no such file. */
  readText(name: string): Promise<string | undefined>
  /** On disk, whole, mode 0600, when it resolves. When it rejects the text is kept, and written when the volume is back. */
  writeText(name: string, text: string): Promise<void>
  /** Kept like `writeText`, in order. A state process that dies at the wrong moment may write it twice. */
  append(name: string, text: string): Promise<void>
  /** Read, or made of 32 hexadecimal digits; the same one for ever. */
  secret(name: string): Promise<string>
  /** Sets the times of a file anywhere, or creates it; its folder must exist. */
  touch(path: string): Promise<void>
  /** When a file anywhere was last changed, in ms of the wall clock; undefined when there is no such file. */
  modifiedMs(path: string): Promise<number | undefined>
  /** Where a folder anywhere lies, and whether a stop of the pod would delete something in it. */
  folder(path: string): Promise<FolderPlace>
  readonly jobs: JobsPort
}

/** The training jobs of this pod, in `jobs.sqlite`. */
export interface JobsPort {
  /**
   * Settles within 2 s. What it changes is on disk when it resolves; nothing is kept for later when it rejects, with a
   * PodError (VOLUME_UNAVAILABLE or NOT_RUNNING), but the volume may still take it.
   */
  ask<Name extends JobsCallName>(call: JobsCallOf<Name>): Promise<JobsReplies[Name]>
  /** Told in words what happened to the file itself. */
  onNotice(listener: (text: string) => void): void
}

/** A port that outlives the runs of its service. */
export function createPort(volume: Volume, appendLimitBytes: number): StatePort {
  const { gate, outbox, deadlineMs, open } = volume
  async function inTime<T>(answer: Promise<T>): Promise<T> {
    if (await settledWithin(answer, deadlineMs)) return await answer
    throw gate.closed ?? unavailable(noAnswer(open.folder))
  }
  async function write(request: WriteRequest): Promise<void> {
    const written = outbox.add(request)
    if (gate.closed === undefined) return await inTime(written)
    written.catch(() => {}) // the caller is told at once, and why
    throw gate.closed
  }
  const ask = <Type extends RequestType>(request: RequestOf<Type>) =>
    inTime(gate.pass().then((link) => link.ask<Type>(request)))
  const touch = onePerPath(gate, 'touch')
  const modified = onePerPath(gate, 'modified')
  const folder = onePerPath(gate, 'folder')
  const listeners = new Set<(text: string) => void>()
  return {
    readText: async (name) => await ask<'read'>({ type: 'read', name: checkedName(name) }),
    writeText: async (name, text) => await write({ type: 'write', name: checkedName(name), text }),
    append: async (name, text) =>
      await write({ type: 'append', name: checkedName(name), text, limitBytes: appendLimitBytes }),
    secret: async (name) => await ask<'secret'>({ type: 'secret', name: checkedName(name) }),
    touch: async (path) => await inTime(touch(path)),
    modifiedMs: async (path) => await inTime(modified(path)),
    folder: async (path) => await inTime(folder(path)),
    jobs: {
      async ask<Name extends JobsCallName>(call: JobsCallOf<Name>) {
        const { reply, said } = await ask<'jobs'>({ type: 'jobs', call })
        for (const text of said) for (const tell of listeners) tell(text)
        // child/jobs/answer-call.ts answers a call with the reply of its name.
        return reply as JobsReplies[Name]
      },
      onNotice: (listener) => void listeners.add(listener),
    },
  }
}
