import type { ChosenDevice } from './choose-device.ts'
import { candidateAt, findModels, type ModelCandidate } from './find-models.ts'
import { loadModel, type ReadyModel } from './load-model.ts'
import type { LoadOrder, LoadProgress, ModelSource, Rejection, Suspect } from './protocol.ts'

/** The model to serve and what was passed over on the way to it. */
export interface ChosenModel {
  readonly ready: ReadyModel
  readonly source: ModelSource
  readonly rejected: readonly Rejection[]
}

/** No model can be served. */
export class NoModel extends Error {
  readonly rejected: readonly Rejection[]

  constructor(message: string, rejected: readonly Rejection[]) {
    super(message)
    this.name = 'NoModel'
    this.rejected = rejected
  }
}

/** The model that INFERENCE_API_MODEL_PATH asks for: a named file and no other, or the newest valid one, or the bundled one. */
export async function chooseModel(
  order: LoadOrder,
  { device }: ChosenDevice,
  onProgress: (progress: LoadProgress) => void,
): Promise<ChosenModel> {
  const attempt = (path: string, skip: readonly Suspect[] = []) =>
    tryModel(path, { threads: order.threads, stateBytes: order.stateBytes ?? 0, skip, device, onProgress })
  if (order.modelPath !== 'latest') {
    const result = await attempt(order.modelPath)
    if ('session' in result) return { ready: result, source: 'file', rejected: [] }
    throw new NoModel(`INFERENCE_API_MODEL_PATH ${order.modelPath} cannot be served: ${result.reason}.`, [
      result,
    ])
  }
  onProgress({ stage: 'find', path: order.artifactDirs.join(', ') })
  const { candidates, rejected } = await findModels(order.artifactDirs)
  const passedOver = [...rejected]
  for (const { path } of candidates) {
    const result = await attempt(path, order.skip)
    if ('session' in result) return { ready: result, source: 'latest', rejected: passedOver }
    passedOver.push(result)
  }
  const bundled = await attempt(order.bundledModel)
  if ('session' in bundled) return { ready: bundled, source: 'bundled', rejected: passedOver }
  throw new NoModel(
    `No valid model under ${order.artifactDirs.join(', ') || 'ARTIFACT_DIRS (empty)'}, and the bundled one cannot be served: ${bundled.reason}.`,
    [...passedOver, bundled],
  )
}

interface Attempt {
  readonly threads: number
  readonly stateBytes: number
  readonly skip: readonly Suspect[]
  readonly device: ChosenDevice['device']
  readonly onProgress: (progress: LoadProgress) => void
}

async function tryModel(
  path: string,
  { threads, stateBytes, skip, device, onProgress }: Attempt,
): Promise<ReadyModel | Rejection> {
  try {
    const candidate = await candidateAt(path)
    const version = versionOf(candidate)
    const suspect = skip.find((other) => other.path === path && other.version === version)
    if (suspect) return { path, reason: suspect.reason }
    return await loadModel(candidate, {
      device,
      threads,
      stateBytes,
      onStage: (stage, bytesRead) =>
        onProgress({ stage, path, version, bytesRead, bytesTotal: candidate.bytes }),
    })
  } catch (error) {
    return { path, reason: reasonOf(error) }
  }
}

/** Changes whenever the file is written again. */
function versionOf({ bytes, mtimeMs }: ModelCandidate): string {
  return `${bytes} bytes of ${mtimeMs}`
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'it does not exist'
  return error instanceof Error ? error.message : String(error)
}
