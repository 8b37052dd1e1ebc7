import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { candidateAt } from '../../services/inference/model-host/files/find-models.ts'
import { loadModel } from '../../services/inference/model-host/load-model.ts'
import { pythonWithTorch } from '../accept/pt-parity.ts'
import { root } from '../accept/root.ts'
import type { Comparison } from './comparison.ts'
import { milliseconds, timeOf } from './time-of.ts'

const path = join(root, 'services/inference/demo/model.pt')

/** Times torch.load alone, not the import of torch. */
const inPython = `
import statistics, sys, time, torch
def once():
    start = time.perf_counter(); torch.load(sys.argv[1], map_location="cpu", weights_only=True)
    return time.perf_counter() - start
once(); print(statistics.median(once() for _ in range(15)) * 1000)
`

/** The bundled .pt from its file to its first answer, against torch.load; undefined without a Python with torch. */
export async function benchModelLoad(): Promise<Comparison | undefined> {
  const python = pythonWithTorch(process.env)
  if (python === undefined) return undefined
  const cpu = { device: { type: 'cpu' }, threads: 1, onStage: () => {} } as const
  const ours = await timeOf(async () => {
    const { session } = await loadModel(await candidateAt(path), cpu)
    await session.release()
  })
  const reference = Number(execFileSync(python, ['-c', inPython, path], { encoding: 'utf8' }))
  return {
    what: 'load of the bundled .pt',
    ours: `${milliseconds(ours)} (with its first answer)`,
    reference: `${milliseconds(reference)} (torch.load)`,
    ratio: reference / ours,
  }
}
