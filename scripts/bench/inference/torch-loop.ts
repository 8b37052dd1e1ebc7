import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { root } from '../../accept/root.ts'
import type { Script } from './job.ts'
import type { PeerOptions } from './server.ts'

/** Milliseconds that one answer takes in a bare loop of the peer's own code (median). */
export interface TorchLoop {
  /** The network and topk alone. */
  readonly network: number
  /** With replay and legal moves. */
  readonly whole: number
}

export async function torchLoop(
  { python, checkpoint, form }: PeerOptions,
  scripts: readonly Script[],
  seconds: number,
): Promise<TorchLoop> {
  const program = join(root, 'scripts/bench/peer/torch_loop.py')
  const child = spawn(python, [program, checkpoint, `${form.threads}`, `${seconds}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  child.stdin.end(scripts.map(({ moves }) => JSON.stringify({ context: moves })).join('\n'))
  const out = await text(child.stdout)
  const [code] = await closed
  if (code !== 0) throw new Error(`torch_loop.py ended with ${code}`)
  return JSON.parse(out)
}
