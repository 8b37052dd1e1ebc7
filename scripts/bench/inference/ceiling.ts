import { fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { mostRows } from '../../../services/inference/hosts/batch-of.ts'

const program = fileURLToPath(new URL('./bare-host.ts', import.meta.url))

/** What one process runs. */
export interface BareJob {
  readonly checkpoint: string
  readonly threads: number
  /** In a batch. */
  readonly rows: number
  readonly plies: number
  readonly seconds: number
}

/** Rows per second of bare onnxruntime in one arrangement of processes and threads. */
export interface Bare {
  readonly processes: number
  readonly threads: number
  readonly perSecond: number
}

/**
 * The most rows per second that onnxruntime alone gives on this machine: batches as large as so many clients can fill, in one process with
 * 1 to all threads, and in a process for each core. The best arrangement comes first.
 */
export async function ceiling(
  checkpoint: string,
  { clients, plies, seconds }: { readonly clients: number; readonly plies: number; readonly seconds: number },
): Promise<readonly [Bare, ...Bare[]]> {
  const cores = availableParallelism()
  const rows = Math.min(clients, mostRows)
  const tried: Bare[] = []
  for (const [processes, threads] of [
    [1, 1],
    ...(cores > 1 ? [[1, cores] as const] : []),
    ...(cores > 1 && clients > 1 ? [[cores, 1] as const] : []),
  ] as const) {
    const job = { checkpoint, threads, plies, seconds, rows }
    const rates = await Promise.all(Array.from({ length: processes }, () => runBare(job)))
    tried.push({ processes, threads, perSecond: rates.reduce((sum, rate) => sum + rate, 0) })
  }
  const [best, ...rest] = tried.sort((one, other) => other.perSecond - one.perSecond)
  if (best === undefined) throw new Error('nothing was tried')
  return [best, ...rest]
}

async function runBare(job: BareJob): Promise<number> {
  const child = fork(program)
  try {
    child.send(job)
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`bare onnxruntime ended with ${code}`)
    })
    const [rate] = await Promise.race([once(child, 'message') as Promise<[number]>, ended]) // of bare-host.ts
    return rate
  } finally {
    if (child.exitCode === null) child.kill()
  }
}
