import { parentPort } from 'node:worker_threads'
import type { JobsAnswer, JobsCall } from '../../jobs-calls.ts'
import { answerCall } from './answer-call.ts'
import { JobsDatabase } from './jobs-database.ts'
import type { FromJobsThread, ToJobsThread } from './jobs-thread.ts'
import { keepAside, openDatabase } from './open-database.ts'
import { isDamage, sqliteFailure } from './sqlite-failure.ts'

let open: JobsDatabase | undefined

parentPort?.on('message', (message: ToJobsThread) => {
  parentPort?.postMessage(answer(message))
})

function answer({ id, path, call }: ToJobsThread): FromJobsThread {
  const said: string[] = []
  try {
    const reply = call === 'close' ? close() : answerOrBeginAnew(path, call, said)
    return { id, answer: { reply, said } satisfies JobsAnswer }
  } catch (error) {
    close() // whatever it was: the next call begins with a file that was just opened
    return { id, failure: sqliteFailure(error, path), said }
  }
}

/** Damage that shows in the middle of the work is dealt with like damage at the start. */
function answerOrBeginAnew(path: string, call: JobsCall, said: string[]): unknown {
  try {
    return answerCall(database(path, said), call)
  } catch (error) {
    if (!isDamage(error)) throw error
    close()
    said.push(keepAside(path, Date.now(), error))
    return answerCall(database(path, said), call)
  }
}

function database(path: string, said: string[]): JobsDatabase {
  if (open) return open
  const opened = openDatabase(path)
  said.push(...opened.said)
  open = new JobsDatabase(opened.db)
  return open
}

function close(): undefined {
  const closing = open
  open = undefined
  try {
    closing?.db.close()
  } catch {
    // A volume that fails cannot take what SQLite writes last; the write-ahead log has all of it.
  }
  return undefined
}
