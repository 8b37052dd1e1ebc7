import type { Device } from './device/device.ts'
import { candidateAt, type ModelCandidate, versionOf } from './files/find-models.ts'
import { type ModelFile, modelFormat, type OnRead } from './files/model-file.ts'
import { readOnnx } from './files/read-onnx.ts'
import { readPt } from './files/read-pt.ts'
import { ModelRefused } from './model-refused.ts'
import type { Int8Serving, LoadStage } from './protocol.ts'
import { openQuantized } from './quantize/quantize-model.ts'
import { openSession, type Session } from './session.ts'

/** ONNX cannot hold more than 2 GiB. */
const mostBytes = 2 ** 31
const tellBytes = 2 ** 20

/** A model that was read, converted, checked and has answered once. */
export interface ReadyModel {
  readonly path: string
  readonly file: Omit<ModelFile, 'onnx' | 'int8'> & { readonly int8?: Int8Serving }
  readonly session: Session
}

interface LoadSettings {
  readonly device: Device
  readonly threads: number
  readonly stateBytes?: number
  /** Serves 8 bits where that can be. */
  readonly int8?: boolean
  readonly onStage: (stage: LoadStage, bytesRead?: number) => void
}

/** Loads one file; rejects with a sentence that says what is wrong with it. */
export async function loadModel(
  candidate: ModelCandidate,
  { device, threads, stateBytes = 0, int8 = false, onStage }: LoadSettings,
): Promise<ReadyModel> {
  const { path, bytes } = candidate
  if (bytes === 0) throw new ModelRefused('it is empty')
  const isOnnx = modelFormat(path) === 'onnx' // of a checkpoint only the weights count, not what lies beside them
  if (isOnnx && bytes > mostBytes)
    throw new ModelRefused(`it has ${bytes} bytes; at most ${mostBytes} can be served`)
  onStage('read', 0)
  const model = await (isOnnx ? readOnnx : readPt)(path, counter(onStage))
  if (candidate.data && versionOf(await candidateAt(path)) !== versionOf(candidate))
    throw new ModelRefused('its files were written again while they were read')
  onStage('prepare')
  const settings = { threads, stateBytes, onOpen: () => onStage('warm up') }
  const open = (form: ModelFile) => openSession(form, device, settings)
  const { onnx: _converted, int8: _form, ...file } = model // not kept: onnxruntime has its own copy
  if (!int8) return { path, file, session: await open(model) }
  const opened = await openQuantized(model, device, open)
  return { path, file: { ...file, int8: opened.int8 }, session: opened.session }
}

/** Adds up what was read and tells it once a megabyte. */
function counter(onStage: LoadSettings['onStage']): OnRead {
  let read = 0
  let told = 0
  return (bytes) => {
    read += bytes
    if (read - told < tellBytes) return
    told = read
    onStage('read', read)
  }
}
