import { lstmArtifact, lstmFamily } from '../lstm/lstm-artifact.ts'
import { lstmGraph } from '../lstm/lstm-graph.ts'
import { readLstmWeights } from '../lstm/read-lstm-weights.ts'
import { encodeOnnx } from '../onnx/onnx-proto.ts'
import { openTorchArchive } from '../pickle/torch-archive.ts'
import { unpickle } from '../pickle/unpickle.ts'
import type { ModelFile, OnRead } from './model-file.ts'
import { qualityIn } from './quality.ts'

/** Reads a `.pt` artifact of the NextMoveLSTM family and converts it; nothing in its pickle is executed. */
export async function readPt(path: string, onRead: OnRead): Promise<ModelFile> {
  const archive = await openTorchArchive(path, onRead)
  try {
    const record = unpickle(archive.pickle)
    const artifact = lstmArtifact(record)
    const weights = await readLstmWeights(artifact, archive.storage)
    const onnx = encodeOnnx(lstmGraph(weights))
    const int8 = () => encodeOnnx(lstmGraph(weights, 'int8'))
    const { tokens, unknownId, parameters } = artifact
    const quality = await qualityIn(record, archive.storage)
    return { family: lstmFamily, tokens, unknownId, parameters, onnx, int8, ...quality }
  } finally {
    archive.close()
  }
}
