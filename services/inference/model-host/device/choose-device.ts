import { readdirSync } from 'node:fs'
import type { ModelFile } from '../files/model-file.ts'
import { lstmGraph } from '../lstm/lstm-graph.ts'
import type { LstmWeights } from '../lstm/lstm-weights.ts'
import { encodeOnnx } from '../onnx/onnx-proto.ts'
import { sizeOf, type Tensor } from '../onnx/tensor.ts'
import { openSession } from '../session.ts'
import { type Device, DeviceUnavailable, deviceName, devicesFor } from './device.ts'
import { type GpuProblemKind, gpuProblem, gpuProblemText } from './gpu-problems.ts'
import { providerLibraryProblem } from './provider-library.ts'

/** The device that models are run on, and what the user should know about it. */
export interface ChosenDevice {
  readonly device: Device
  readonly warnings: readonly string[]
  /** Why no GPU was taken although one may be: set when that may change by itself. */
  readonly passing?: GpuProblemKind
}

/** Tries the devices that `requested` allows; a GPU counts only when a small LSTM really ran on it. */
export async function chooseDevice(requested: string): Promise<ChosenDevice> {
  let fallen: Omit<ChosenDevice, 'device'> = { warnings: [] }
  for (const device of devicesFor(requested, hasGpu())) {
    if (device.type === 'cpu') return { device, ...fallen }
    const problem = await cudaProblem(device)
    if (problem === undefined) return { device, warnings: [] }
    fallen = fallenBack(device, problem)
  }
  throw new DeviceUnavailable(
    `INFERENCE_API_DEVICE=${requested}, but ${fallen.warnings.join('; ')}. Set it to auto or cpu, or use an image and a host with CUDA.`,
  )
}

/** What is said when a GPU is given up for the CPU because of `message`. Pure. */
export function fallenBack(device: Device, message: string): Omit<ChosenDevice, 'device'> {
  const warnings = [`${deviceName(device)} does not work here: ${gpuProblemText(message)}`]
  const kind = gpuProblem(message)?.kind
  return kind === 'out-of-memory' || kind === 'busy' ? { warnings, passing: kind } : { warnings }
}

// A container may be given any of its host's GPUs: `nvidia0` need not be there.
function hasGpu(): boolean {
  try {
    return readdirSync('/dev').some((name) => /^nvidia\d+$/.test(name) || name === 'dxg')
  } catch {
    return false // a system without /dev has no GPU that could be found there
  }
}

async function cudaProblem(device: Device): Promise<string | undefined> {
  try {
    const session = await openSession(probe(), device, { threads: 1, onOpen: () => {} })
    await session.release()
    return session.device === 'cpu' ? 'onnxruntime ran the model on the CPU instead' : undefined
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return message.includes('Failed to load shared library') ? (providerLibraryProblem() ?? message) : message
  }
}

/** The smallest model of the family: a missing cuDNN shows only when an LSTM runs. */
function probe(): ModelFile {
  const weights: LstmWeights = {
    tokenEmbedding: zeros(2, 4),
    layers: [
      {
        inputWeights: zeros(16, 4),
        hiddenWeights: zeros(16, 4),
        inputBias: zeros(16),
        hiddenBias: zeros(16),
      },
    ],
    features: [],
    classifierWeights: zeros(2, 4),
    classifierBias: zeros(2),
  }
  const onnx = encodeOnnx(lstmGraph(weights))
  return { family: 'next_move_lstm', tokens: ['<PAD>', '<UNK>'], unknownId: 1, parameters: null, onnx }
}

function zeros(...shape: number[]): Tensor {
  return { shape, data: new Float32Array(sizeOf(shape)) }
}
