import { stat } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import type { JobsAnswer, JobsCall, JobsCallName, JobsReplies } from '../../jobs-calls.ts'
import type { Failure } from '../../protocol.ts'

export interface ToJobsThread {
  readonly id: number
  readonly path: string
  readonly call: JobsCall | 'close'
}

export type FromJobsThread =
  | { readonly id: number; readonly answer: JobsAnswer }
  | { readonly id: number; readonly failure: Failure; readonly said: readonly string[] }

/** What is replied while there is no file yet: a pod that never trains starts no thread, and makes no file. */
const emptyReplies: { readonly [Name in JobsCallName]?: { readonly reply: JobsReplies[Name] } } = {
  recover: { reply: [] },
  list: { reply: [] },
  find: { reply: undefined },
}

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT', // whatever else it is, the thread will meet it
  )

/** A failure of the database as an error, with what the state service needs to know of it. */
class JobsFailure extends Error {
  readonly code: string
  readonly path: string | undefined

  constructor({ code, message, path }: Failure) {
    super(message)
    this.code = code
    this.path = path
  }
}

/** SQLite blocks whoever calls it: it has a thread of its own, so that a slow commit holds up nothing else. */
export interface JobsThread {
  /** Rejects with an error that has a system's code. */
  ask(path: string, call: JobsCall): Promise<JobsAnswer>
  /** Closes the file; settles when all that was asked before is done. */
  close(): Promise<void>
}

/** A thread that is started by the first call, and again after it has died. */
export function jobsThread(): JobsThread {
  const waiting = new Map<number, PromiseWithResolvers<JobsAnswer>>()
  let worker: Worker | undefined
  let lastId = 0
  let untold: readonly string[] = []

  const settle = (message: FromJobsThread) => {
    const asked = waiting.get(message.id)
    waiting.delete(message.id)
    if ('failure' in message) {
      untold = [...untold, ...message.said]
      asked?.reject(new JobsFailure(message.failure))
      return
    }
    asked?.resolve({ ...message.answer, said: [...untold, ...message.answer.said] })
    untold = []
  }
  const start = () => {
    const started = new Worker(new URL('./worker.ts', import.meta.url))
    started.on('message', settle)
    started.on('error', (error) => {
      worker = undefined
      for (const { reject } of waiting.values()) reject(error)
      waiting.clear()
    })
    started.unref()
    return started
  }
  const send = (path: string, call: ToJobsThread['call']) => {
    worker ??= start()
    lastId += 1
    const asked = Promise.withResolvers<JobsAnswer>()
    waiting.set(lastId, asked)
    const message: ToJobsThread = { id: lastId, path, call }
    worker.postMessage(message)
    return asked.promise
  }
  return {
    async ask(path, call) {
      const empty = worker ? undefined : emptyReplies[call.call]
      if (empty && !(await isThere(path))) return { reply: empty.reply, said: [] }
      return await send(path, call)
    },
    async close() {
      if (worker) await send('', 'close')
    },
  }
}
