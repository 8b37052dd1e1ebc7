import { type Answer, type Envelope, elsewhere, type Failure } from '../protocol.ts'
import { handle } from './handle.ts'

/** How long a volume may take to answer what is still under way when nobody listens any more. */
const orphanMs = 5000

process.title = 'podmate state'
let underWay: Promise<void> = Promise.resolve()
let jobsUnderWay: Promise<void> = Promise.resolve()

process.on('message', ({ id, request }: Envelope) => {
  if (elsewhere.has(request.type)) void answer(id, handle(request))
  // They are in order by themselves, on a thread of their own.
  else if (request.type === 'jobs') {
    const answered = answer(id, handle(request))
    jobsUnderWay = jobsUnderWay.then(() => answered)
  } else underWay = underWay.then(() => answer(id, handle(request)))
})

process.on('disconnect', () => {
  // `process.exit` would wait for a file call that hangs; KILL does not.
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), orphanMs)
  void Promise.all([underWay, jobsUnderWay]).then(() => process.exit(0))
})

process.send?.({ id: 0, reply: 'started' } satisfies Answer)

async function answer(id: number, done: Promise<unknown>): Promise<void> {
  const message: Answer = await done.then(
    (reply) => ({ id, reply }),
    (error: unknown) => ({ id, failure: failureOf(error) }),
  )
  if (process.connected) process.send?.(message)
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { code: 'UNKNOWN', message: String(error) }
  const { code = 'UNKNOWN', message, path }: NodeJS.ErrnoException = error
  return { code, message, ...(path === undefined ? {} : { path }) }
}
