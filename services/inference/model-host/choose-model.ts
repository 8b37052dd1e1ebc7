import { realpath } from 'node:fs/promises'
import { type ChosenDevice, fallenBack } from './device/choose-device.ts'
import { DeviceUnavailable, deviceName } from './device/device.ts'
import { gpuProblem } from './device/gpu-problems.ts'
import { fileVersion } from './files/completeness.ts'
import { candidateAt, findModels, type ModelCandidate, versionOf } from './files/find-models.ts'
import { isInside } from './files/is-inside.ts'
import { withinTime } from './files/within-time.ts'
import { checkGoldenInputs } from './golden-inputs.ts'
import { loadModel, type ReadyModel } from './load-model.ts'
import { ModelRefused, reasonOf } from './model-refused.ts'
import {
  type FileVersion,
  isSameContent,
  type LoadOrder,
  type LoadProgress,
  type ModelSource,
  type Rejection,
  type Suspect,
} from './protocol.ts'

/** The model to serve, on what, and what was passed over on the way to it. */
export interface ChosenModel {
  readonly ready: ReadyModel
  readonly version: FileVersion
  readonly source: ModelSource
  readonly device: ChosenDevice
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

/**
 * The model that the order asks for: a named file and no other, or the newest valid one, or the bundled one. With `auto`,
 * a GPU that fails with the model itself is given up for the CPU.
 */
export async function chooseModel(
  order: LoadOrder,
  device: ChosenDevice,
  onProgress: (progress: LoadProgress) => void,
): Promise<ChosenModel> {
  try {
    return await chosenOn(device, order, onProgress)
  } catch (error) {
    if (!(error instanceof DeviceUnavailable)) throw error
    const fallen = fallenBack(device.device, error.message)
    if (order.device === 'auto') return chosenOn({ device: { type: 'cpu' }, ...fallen }, order, onProgress)
    throw new DeviceUnavailable(`INFERENCE_API_DEVICE=${order.device}, but ${fallen.warnings.join('; ')}.`)
  }
}

async function chosenOn(
  device: ChosenDevice,
  order: LoadOrder,
  onProgress: (progress: LoadProgress) => void,
): Promise<ChosenModel> {
  const attempt = async (path: string, source: ModelSource, skip: readonly Suspect[] = []) => {
    const tried = await tryModel(path, {
      threads: order.threads,
      stateBytes: order.stateBytes ?? 0,
      int8: order.int8 ?? false,
      skip,
      device: device.device,
      onProgress,
    })
    return 'reason' in tried ? tried : { ...tried, source, device, rejected: [] }
  }
  if (order.modelPath !== 'latest') return demanded(order, attempt)
  onProgress({ stage: 'find', path: order.artifactDirs.join(', ') })
  const { candidates, rejected } = await findModels(order.artifactDirs)
  const passedOver = [...rejected]
  for (const { path } of candidates) {
    const result = await attempt(path, 'latest', order.skip)
    if ('ready' in result) return { ...result, rejected: passedOver }
    passedOver.push(result)
  }
  const bundled = await attempt(order.bundledModel, 'bundled')
  if ('ready' in bundled) return { ...bundled, rejected: passedOver }
  throw new NoModel(
    `No valid model under ${order.artifactDirs.join(', ') || 'ARTIFACT_DIRS (empty)'}, and the bundled one cannot be served: ${bundled.reason}.`,
    [...passedOver, bundled],
  )
}

type Tried = Pick<ChosenModel, 'ready' | 'version'>

async function demanded(
  { modelPath, wanted }: LoadOrder,
  attempt: (path: string, source: ModelSource) => Promise<ChosenModel | Rejection>,
): Promise<ChosenModel> {
  const problem = wanted && (await wrongFile(modelPath, wanted))
  const result = problem ?? (await attempt(modelPath, wanted?.source ?? 'file'))
  if ('ready' in result) return result
  const name = wanted ? modelPath : `INFERENCE_API_MODEL_PATH ${modelPath}`
  throw new NoModel(`${name} cannot be served: ${result.reason}.`, [result])
}

/** Why the file is not the one that is wanted, before it is opened. */
async function wrongFile(
  path: string,
  { within, version }: NonNullable<LoadOrder['wanted']>,
): Promise<Rejection | undefined> {
  const found = version && (await candidateAt(path).catch(() => undefined)) // not there: loading it says so
  if (found && !isSameContent(found, version))
    return { path, reason: 'it was written again since it was served' }
  return leadsOutside(path, within)
}

/** A link must not lead to a file that may not be named. */
async function leadsOutside(path: string, within: readonly string[]): Promise<Rejection | undefined> {
  const real = (one: string) => withinTime(realpath(one), one).catch(() => undefined) // not there: it leads nowhere
  const [target, ...places] = await Promise.all([path, ...within].map(real))
  if (within.length === 0 || target === undefined) return undefined
  if (
    isInside(
      target,
      places.filter((place) => place !== undefined),
    )
  )
    return undefined
  return { path, outside: true, reason: `it is a link that leads out of ${within.join(', ')}` }
}

interface Attempt {
  readonly threads: number
  readonly stateBytes: number
  readonly int8: boolean
  readonly skip: readonly Suspect[]
  readonly device: ChosenDevice['device']
  readonly onProgress: (progress: LoadProgress) => void
}

/** Rejects with DeviceUnavailable when it was not the file that failed. */
async function tryModel(path: string, attempt: Attempt): Promise<Tried | Rejection> {
  let candidate: ModelCandidate | undefined
  try {
    candidate = await candidateAt(path)
    const version = fileVersion(candidate)
    const suspect = attempt.skip.find((other) => other.path === path && other.version === version.version)
    if (suspect) return suspect
    return { ready: await readied(candidate, attempt), version }
  } catch (error) {
    if (error instanceof DeviceUnavailable) throw error
    return rejectionOf(path, candidate, error)
  }
}

async function readied(
  candidate: ModelCandidate,
  { device, threads, stateBytes, int8, onProgress }: Attempt,
): Promise<ReadyModel> {
  const { path, bytes: bytesTotal } = candidate
  const version = versionOf(candidate)
  const onStage: Parameters<typeof loadModel>[1]['onStage'] = (stage, bytesRead) =>
    onProgress({ stage, path, version, bytesRead, bytesTotal })
  try {
    const ready = await loadModel(candidate, { device, threads, stateBytes, int8, onStage })
    await checkRun(ready, device)
    return ready
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (device.type === 'cuda' && gpuProblem(message)) throw new DeviceUnavailable(message, { cause: error })
    throw error
  }
}

/** Nothing of a model that is not served stays. */
async function checkRun({ file, session }: ReadyModel, device: ChosenDevice['device']): Promise<void> {
  try {
    if (deviceName(device) !== session.device)
      throw new DeviceUnavailable(
        `onnxruntime ran most of this model on the CPU: ${JSON.stringify(session.nodes)} nodes`,
      )
    await checkGoldenInputs(file, session)
  } catch (error) {
    await session.release()
    throw error
  }
}

/** `passing` when it says nothing about what is in the file. */
function rejectionOf(path: string, candidate: ModelCandidate | undefined, error: unknown): Rejection {
  const version = candidate && versionOf(candidate)
  const reason = reasonOf(error)
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const facts = { path, ...(version === undefined ? {} : { version }) }
  if (code === 'ENOENT') return { ...facts, reason: 'it does not exist', passing: true }
  const isNoModel = error instanceof ModelRefused && error.isNoModel
  return {
    ...facts,
    reason,
    ...(code === undefined ? {} : { passing: true }),
    ...(isNoModel ? { isNoModel } : {}),
  }
}
