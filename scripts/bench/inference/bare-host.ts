import { candidateAt } from '../../../services/inference/model-host/files/find-models.ts'
import { loadModel } from '../../../services/inference/model-host/load-model.ts'
import type { TokenRow } from '../../../services/inference/model-host/protocol.ts'
import type { BareJob } from './ceiling.ts'

// onnxruntime alone: the same net and rows as a model host runs, one batch after the other, without a server, rules or answers.

async function rowsPerSecond({ checkpoint, threads, rows, plies, seconds }: BareJob): Promise<number> {
  const settings = { device: { type: 'cpu' }, threads, onStage: () => {} } as const
  const { session, file } = await loadModel(await candidateAt(checkpoint), settings)
  const batch: readonly TokenRow[] = Array.from({ length: rows }, (_none, row) => ({
    kind: 'tokens',
    tokens: Array.from({ length: plies }, (_token, ply) => (row * plies + ply * 7) % file.tokens.length),
    winner: 0,
    phase: 0,
    side: 0,
  }))
  for (let round = 0; round < 3; round += 1) await session.run(batch)
  const startMs = performance.now()
  let done = 0
  while (performance.now() - startMs < seconds * 1000) {
    await session.run(batch)
    done += rows
  }
  return (done / (performance.now() - startMs)) * 1000
}

process.once('message', async (message) => {
  const rate = await rowsPerSecond(message as BareJob) // the other end of the channel is ceiling.ts
  process.send?.(rate, () => process.disconnect?.())
})
