import type { Device } from '../device/device.ts'
import type { ModelFile } from '../files/model-file.ts'
import type { Int8Serving } from '../protocol.ts'
import type { Session } from '../session.ts'
import { quantizeAgreement } from './quantize-agreement.ts'

/** A session, and whether it is the one with 8 bits that was asked for. */
export interface QuantizedSession {
  readonly session: Session
  readonly int8: Int8Serving
}

/** Opens a model in 8 bits and says how far it agrees with its full precision; where that cannot be, in full precision. */
export async function openQuantized(
  model: ModelFile,
  device: Device,
  open: (model: ModelFile) => Promise<Session>,
): Promise<QuantizedSession> {
  const full = await open(model)
  const problem = whyNot(model, device)
  if (model.int8 === undefined || problem !== undefined)
    return { session: full, int8: { served: false, reason: problem ?? '' } }
  try {
    const session = await open({ ...model, onnx: model.int8() })
    const agreement = await quantizeAgreement(full.run, session.run, model).catch(async (error: unknown) => {
      await session.release()
      throw error
    })
    return { session, int8: { served: true, ...agreement } }
  } finally {
    await full.release()
  }
}

function whyNot({ int8 }: ModelFile, { type }: Device): string | undefined {
  if (int8 === undefined) return 'INFERENCE_API_QUANTIZE=int8 is for .pt models; this one is served as it is'
  if (type !== 'cpu') return 'INFERENCE_API_QUANTIZE=int8 is for the CPU; a GPU serves full precision'
  return undefined
}
