import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { MadeJob } from './job-pod.ts'

/** A point as trainers report it. */
export interface Reported {
  readonly step: number
  readonly loss: number
  readonly learning_rate: number
  readonly grad_norm: number
  readonly epoch: number
  readonly samples_per_second: number
  readonly elapsed_seconds: number
  readonly progress: number
}

/** What a training reports at a step. */
export function reportedAt(step: number): Reported {
  return {
    step,
    loss: 5 / Math.sqrt(step + 1) + ((step * 7919) % 100) / 1000,
    learning_rate: 1e-4 * (1 - step / 1e7),
    grad_norm: 1 + ((step * 104_729) % 1000) / 1000,
    epoch: step / 1000,
    samples_per_second: 512.5,
    elapsed_seconds: step,
    progress: step / 1e5,
  }
}

/**
 * Posts bodies over `clients` kept connections until `over`, each client the next body when its last one was answered. Gives
 * the bodies that were acknowledged. By bare sockets: a client library would cost more than what it measures.
 */
export async function postUntil<Body>(
  job: MadeJob,
  clients: number,
  next: () => { readonly steps: Body; readonly text: string },
  over: AbortSignal,
): Promise<readonly Body[]> {
  const acknowledged: Body[] = []
  const { hostname, port, pathname } = new URL(`${job.url}/metrics`)
  const client = async () => {
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    socket.on('error', () => {}) // a pod that was killed: nothing more is acknowledged
    while (!over.aborted && !socket.destroyed) {
      const { steps, text } = next()
      const head = `POST ${pathname} HTTP/1.1\r\nhost: pod\r\nauthorization: Bearer ${job.token}\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n`
      socket.write(head + text)
      if ((await answer(socket)).startsWith('HTTP/1.1 200')) acknowledged.push(steps)
      else break
    }
    socket.destroy()
  }
  await Promise.all(Array.from({ length: clients }, client))
  return acknowledged
}

/** The answers of this route are small: each comes in one piece. Empty when the connection ended. */
async function answer(socket: Socket): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const heard = (chunk: Buffer) => resolve(chunk.toString('latin1'))
  const ended = () => resolve('')
  socket.once('data', heard)
  socket.once('close', ended)
  const text = await promise
  socket.off('data', heard)
  socket.off('close', ended)
  return text
}
