import { extname } from 'node:path'
import type { Device } from './device.ts'
import type { ModelCandidate } from './find-models.ts'
import type { ModelFile, OnStage } from './model-file.ts'
import { ModelRefused } from './model-refused.ts'
import { readOnnx } from './read-onnx.ts'
import { readPt } from './read-pt.ts'
import { openSession, type Session } from './session.ts'

/** A model that was read, converted, checked and has answered once. */
export interface ReadyModel {
  readonly path: string
  readonly file: Omit<ModelFile, 'onnx'>
  readonly session: Session
}

/** Loads one file; rejects with a sentence that says what is wrong with it. */
export async function loadModel(
  { path, bytes }: ModelCandidate,
  {
    device,
    threads,
    onStage,
  }: { readonly device: Device; readonly threads: number; readonly onStage: OnStage },
): Promise<ReadyModel> {
  if (bytes === 0) throw new ModelRefused('it is empty')
  onStage('read', 0)
  const model = await (extname(path) === '.onnx' ? readOnnx(path, onStage) : readPt(path, onStage))
  onStage('prepare')
  const session = await openSession(model, device, { threads, onOpen: () => onStage('warm up') })
  const { onnx: _converted, ...file } = model // not kept: onnxruntime has its own copy
  return { path, file, session }
}
