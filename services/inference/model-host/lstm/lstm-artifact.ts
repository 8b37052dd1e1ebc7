import { type Tokens, tokensOf } from '../files/vocabulary-tokens.ts'
import { ModelRefused } from '../model-refused.ts'
import { sizeOf } from '../onnx/tensor.ts'
import type { PickleValue, TensorRef } from '../pickle/pickle-value.ts'
import { type LstmConfig, lstmConfig } from './lstm-config.ts'
import { checkShapes, expectedShapes } from './lstm-shapes.ts'
import { checkTypes, holdsWeights, stateTensors } from './state-tensors.ts'

export const lstmFamily = 'next_move_lstm'

/** A checked NextMoveLSTM artifact whose numbers were not read yet. */
export interface LstmArtifact extends Tokens {
  readonly config: LstmConfig
  readonly tensors: ReadonlyMap<string, TensorRef>
  /** Weights and biases in use. */
  readonly parameters: number
}

type Dictionary = ReadonlyMap<PickleValue, PickleValue>

/**
 * Reads what `torch.save` of a trainer wrote: vocab, config, the weights and, in newer ones, model_family. All else in
 * it is passed over.
 */
export function lstmArtifact(value: PickleValue): LstmArtifact {
  if (!(value instanceof Map))
    throw new ModelRefused('it holds no dictionary with vocab, config and state_dict')
  checkFamily(value.get('model_family') ?? lstmFamily)
  checkHasVocab(value)
  const tokens = tokensOf([...dictionary(value, 'vocab')])
  const tensors = stateTensors(value)
  const shapes = new Map([...tensors].map(([name, { shape }]) => [name, shape]))
  const config = lstmConfig(dictionary(value, 'config'), shapes)
  const expected = expectedShapes(config, tokens.tokens.length)
  checkShapes(shapes, expected)
  checkTypes(tensors, expected)
  const parameters = [...expected.values()].reduce((sum, shape) => sum + sizeOf(shape), 0)
  return { ...tokens, config, tensors, parameters }
}

/** Refuses every family but the one that is served. */
export function checkFamily(family: unknown): void {
  if (family === lstmFamily) return
  const shown = typeof family === 'string' ? JSON.stringify(family.slice(0, 40)) : 'no text'
  throw new ModelRefused(`its model_family is ${shown}; ${lstmFamily} is served`)
}

/** Training states, and what optimizers and schedulers save of themselves, have no vocabulary and never will. */
function checkHasVocab(artifact: Dictionary): void {
  if (artifact.has('vocab')) return
  const isState = [...artifact.keys()].some((key) => typeof key === 'string' && key.startsWith('optimizer'))
  if (isState || !holdsWeights(artifact))
    throw new ModelRefused('it holds no vocab: it is a training state or the like, and no model', {
      isNoModel: true,
    })
}

function dictionary(artifact: Dictionary, key: string): Dictionary {
  const value = artifact.get(key)
  if (!(value instanceof Map))
    throw new ModelRefused(`it holds no dictionary ${key}; it is no NextMoveLSTM artifact`)
  return value
}
