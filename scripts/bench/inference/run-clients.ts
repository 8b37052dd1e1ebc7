import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Job, Measured, Outcome } from './job.ts'

const program = fileURLToPath(new URL('./clients.ts', import.meta.url))

/** Runs the clients in a process of their own; rejects at the first answer that is not 200. */
export async function runClients(job: Job): Promise<Measured> {
  const child = fork(program, [], { serialization: 'advanced' })
  try {
    child.send(job)
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the process of the clients ended with ${code}`)
    })
    const [outcome] = await Promise.race([once(child, 'message') as Promise<[Outcome]>, ended]) // of clients.ts
    if (outcome.type === 'failed') throw new Error(`port ${job.port}: ${outcome.reason}`)
    return outcome.measured
  } finally {
    if (child.exitCode === null) child.kill()
  }
}
