import { fileURLToPath } from 'node:url'
import { chooseDevice } from '../../services/inference/model-host/device/choose-device.ts'
import { type Device, deviceName } from '../../services/inference/model-host/device/device.ts'
import { candidateAt } from '../../services/inference/model-host/files/find-models.ts'
import { loadModel, type ReadyModel } from '../../services/inference/model-host/load-model.ts'
import type { Output, Row as Question } from '../../services/inference/model-host/protocol.ts'
import { parityOf, parityRows } from './parity.ts'
import type { Row } from './row.ts'

const bundled = fileURLToPath(new URL('../../services/inference/demo/model.pt', import.meta.url))
/** A GPU multiplies with fewer digits; the model host allows as much. */
const mostShare = 2e-2
const rounds = 5

/** Whether onnxruntime runs a small LSTM on a GPU. */
export async function onnxruntimeRow(name: string, device: string): Promise<Row> {
  try {
    const { device: chosen } = await chooseDevice(device)
    return { name, state: 'holds', fact: `a small LSTM ran on ${deviceName(chosen)}` }
  } catch (error) {
    return { name, state: 'FAILED', fact: error instanceof Error ? error.message : String(error) }
  }
}

/** How far the model that ships with podmate answers otherwise on a device than on the CPU, and how quickly. */
export async function parityRow(name: string, device: Device): Promise<Row> {
  try {
    await using onCpu = await opened({ type: 'cpu' })
    await using onDevice = await opened(device)
    const { session } = onDevice.model
    const nodes = Object.entries(session.nodes).map(([provider, count]) => `${count} nodes by ${provider}`)
    if (session.device !== deviceName(device))
      return { name, state: 'FAILED', fact: `onnxruntime ran it on ${session.device}: ${nodes.join(', ')}` }
    const questions = parityRows(onCpu.model.file)
    const [cpu, other] = [await timed(onCpu.model, questions), await timed(onDevice.model, questions)]
    const { rows, difference, share, sameFirst } = parityOf(cpu.outputs, other.outputs)
    const fact =
      `differs by ${difference.toPrecision(2)} at most (${(100 * share).toPrecision(2)} % of the largest score), ` +
      `same first move in ${sameFirst} of ${rows}, ${rows} games in ${other.ms.toFixed(1)} ms (CPU ${cpu.ms.toFixed(1)} ms), ${nodes.join(', ')}`
    return { name, state: share <= mostShare ? 'holds' : 'FAILED', fact }
  } catch (error) {
    return { name, state: 'FAILED', fact: error instanceof Error ? error.message : String(error) }
  }
}

async function opened(device: Device): Promise<{ readonly model: ReadyModel } & AsyncDisposable> {
  const model = await loadModel(await candidateAt(bundled), { device, threads: 0, onStage() {} })
  return { model, [Symbol.asyncDispose]: () => model.session.release() }
}

/** The answers, and the shortest time of a few runs. */
async function timed({ session }: ReadyModel, questions: readonly Question[]) {
  let outputs: readonly Output[] = []
  let ms = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now()
    outputs = await session.run(questions)
    ms = Math.min(ms, performance.now() - startedAt)
  }
  return { outputs, ms }
}
