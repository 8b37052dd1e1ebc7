import { lstmArtifact, lstmFamily } from './lstm-artifact.ts'
import { lstmGraph } from './lstm-graph.ts'
import type { LstmWeights } from './lstm-weights.ts'
import type { ModelFile, OnStage } from './model-file.ts'
import { encodeOnnx } from './onnx-proto.ts'
import { readLstmWeights } from './read-lstm-weights.ts'
import { sizeOf, type Tensor } from './tensor.ts'
import { openTorchArchive } from './torch-archive.ts'
import { unpickle } from './unpickle.ts'

/** Reads a `.pt` artifact of the NextMoveLSTM family and converts it; nothing in its pickle is executed. */
export async function readPt(path: string, onStage: OnStage): Promise<ModelFile> {
  let bytesRead = 0
  const archive = await openTorchArchive(path, (bytes) => {
    bytesRead += bytes
    onStage('read', bytesRead)
  })
  try {
    const artifact = lstmArtifact(unpickle(archive.pickle))
    const weights = await readLstmWeights(artifact, archive.storage)
    onStage('convert')
    const { tokens, unknownId } = artifact
    return {
      family: lstmFamily,
      tokens,
      unknownId,
      parameters: countOf(weights),
      onnx: encodeOnnx(lstmGraph(weights)),
    }
  } finally {
    archive.close()
  }
}

function countOf(weights: LstmWeights): number {
  const tensors: Tensor[] = [
    weights.tokenEmbedding,
    weights.classifierWeights,
    weights.classifierBias,
    ...weights.layers.flatMap((layer) => Object.values<Tensor>({ ...layer })),
    ...weights.features.map(({ embedding }) => embedding),
  ]
  return tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
}
