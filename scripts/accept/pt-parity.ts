import { execFile } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { encodeContext } from '../../services/inference/families/encode-context.ts'
import { vocabularyOf } from '../../services/inference/families/vocabulary.ts'
import { positionCache, replay } from '../../services/inference/games/replay.ts'
import { candidateAt } from '../../services/inference/model-host/files/find-models.ts'
import { loadModel } from '../../services/inference/model-host/load-model.ts'
import { topIds } from '../../services/inference/ranking.ts'

const maker = fileURLToPath(new URL('../../test/fixtures/inference/make_parity_cases.py', import.meta.url))
const differenceLimit = 1e-5

/** How closely served scores follow PyTorch's own. */
export interface Parity {
  readonly models: number
  readonly contexts: number
  /** Contexts whose ten best tokens are the same, in the same order. */
  readonly sameTopTen: number
  readonly largestDifference: number
}

interface ParityCase {
  readonly context: readonly string[]
  readonly winner_side: string
  readonly scores: string
}

/** The Python that has torch: PODMATE_PYTHON, else the one of `.venv`; undefined when there is none. */
export function pythonWithTorch(env: NodeJS.ProcessEnv): string | undefined {
  if (env.PODMATE_PYTHON) return env.PODMATE_PYTHON
  const path = fileURLToPath(new URL('../../.venv/bin/python', import.meta.url))
  return existsSync(path) ? path : undefined
}

/** Lets torch make models of all shapes and answer random games, and asks the same of the served form of each. */
export async function ptParity(python: string, contexts: number, seed: number): Promise<Parity> {
  const folder = await mkdtemp(join(tmpdir(), 'podmate-parity-'))
  try {
    await promisify(execFile)(python, [maker, folder, String(contexts), String(seed)])
    const parts: Parity[] = []
    for (const path of globSync(join(folder, '*.pt')).sort()) parts.push(await compareModel(path))
    return parts.reduce(together)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Whether acceptance holds. */
export function isParity({ contexts, sameTopTen, largestDifference }: Parity): boolean {
  return contexts > 0 && sameTopTen === contexts && largestDifference < differenceLimit
}

/** One line of figures. */
export function parityLine(parity: Parity): string {
  const { models, contexts, sameTopTen, largestDifference } = parity
  const difference = largestDifference.toExponential(1)
  return `.pt parity: ${models} models, ${contexts} contexts: top-10 identical ${sameTopTen}/${contexts}, largest difference ${difference} (limit ${differenceLimit})`
}

async function compareModel(path: string): Promise<Parity> {
  const cpu = { device: { type: 'cpu' }, threads: 1, onStage: () => {} } as const
  const { file, session } = await loadModel(await candidateAt(path), cpu)
  const vocabulary = vocabularyOf(file.tokens, file.unknownId)
  const positions = positionCache()
  const cases: readonly ParityCase[] = JSON.parse(await readFile(path.replace(/pt$/, 'json'), 'utf8'))
  let sameTopTen = 0
  let largestDifference = 0
  for (const { context, winner_side: text, scores } of cases) {
    const winnerSide = (['W', 'B', 'D'] as const).find((side) => side === text) ?? null
    const row = encodeContext({ context, winnerSide }, replay(context, positions), vocabulary)
    const [output] = await session.run([row])
    const served = output?.scores ?? new Float32Array(0)
    const torch = floats(scores)
    if (`${topIds(served, 10)}` === `${topIds(torch, 10)}`) sameTopTen += 1
    largestDifference = Math.max(largestDifference, difference(served, torch))
  }
  await session.release()
  return { models: 1, contexts: cases.length, sameTopTen, largestDifference }
}

function floats(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer)
}

function difference(left: Float32Array, right: Float32Array): number {
  if (left.length !== right.length) return Number.POSITIVE_INFINITY
  return left.reduce(
    (largest, value, id) => Math.max(largest, Math.abs(value - (right[id] ?? Number.NaN))),
    0,
  )
}

function together(left: Parity, right: Parity): Parity {
  return {
    models: left.models + right.models,
    contexts: left.contexts + right.contexts,
    sameTopTen: left.sameTopTen + right.sameTopTen,
    largestDifference: Math.max(left.largestDifference, right.largestDifference),
  }
}

if (import.meta.main) {
  const python = pythonWithTorch(process.env)
  if (python === undefined)
    throw new Error('no .venv: run `npm test` once, or name a Python with torch in PODMATE_PYTHON')
  const parity = await ptParity(python, Number(process.env.PARITY_CONTEXTS ?? 600), 2026)
  console.log(parityLine(parity))
  process.exitCode = isParity(parity) ? 0 : 1
}
