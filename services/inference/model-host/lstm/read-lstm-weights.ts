import { ModelRefused } from '../model-refused.ts'
import { materialise, type Tensor } from '../onnx/tensor.ts'
import type { StorageRef } from '../pickle/pickle-value.ts'
import type { LstmArtifact } from './lstm-artifact.ts'
import type { LstmWeights } from './lstm-weights.ts'

/** Reads the numbers of a checked artifact; a storage that several tensors share is read once. */
export async function readLstmWeights(
  { config, tensors }: LstmArtifact,
  read: (storage: StorageRef, dtype: string) => Promise<Float32Array>,
): Promise<LstmWeights> {
  const storages = new Map<string, Promise<Float32Array>>()
  const tensor = async (name: string): Promise<Tensor> => {
    const ref = tensors.get(name)
    if (ref === undefined) throw new ModelRefused(`its state_dict lacks ${name}`)
    const { storage, dtype } = ref
    const id = `${dtype} ${storage.dtype} ${storage.count} ${storage.key}`
    const numbers = storages.get(id) ?? read(storage, dtype)
    storages.set(id, numbers)
    return materialise(ref, await numbers)
  }
  const layers: LstmWeights['layers'][number][] = []
  for (let index = 0; index < config.layers; index += 1) {
    layers.push({
      inputWeights: await tensor(`lstm.weight_ih_l${index}`),
      hiddenWeights: await tensor(`lstm.weight_hh_l${index}`),
      inputBias: await tensor(`lstm.bias_ih_l${index}`),
      hiddenBias: await tensor(`lstm.bias_hh_l${index}`),
    })
  }
  const features: LstmWeights['features'][number][] = []
  for (const { input, tensor: name } of config.features)
    features.push({ input, embedding: await tensor(name) })
  return {
    tokenEmbedding: await tensor('token_embed.weight'),
    layers,
    features,
    classifierWeights: await tensor('classifier.weight'),
    classifierBias: await tensor('classifier.bias'),
  }
}
