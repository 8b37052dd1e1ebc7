import type { Tensor } from '../onnx/tensor.ts'

/** One layer in torch's layout: the four gates stacked in the order input, forget, cell, output. */
export interface LstmLayer {
  /** [4 x hidden, input] */
  readonly inputWeights: Tensor
  /** [4 x hidden, hidden] */
  readonly hiddenWeights: Tensor
  /** [4 x hidden] */
  readonly inputBias: Tensor
  /** [4 x hidden] */
  readonly hiddenBias: Tensor
}

/** A NextMoveLSTM: token embedding, LSTM layers, embedded features, one linear layer over all. */
export interface LstmWeights {
  /** [vocabulary, embed] */
  readonly tokenEmbedding: Tensor
  readonly layers: readonly LstmLayer[]
  /** In the order in which they follow the hidden state; each [number of ids, width]. */
  readonly features: readonly { readonly input: FeatureInput; readonly embedding: Tensor }[]
  /** [vocabulary, hidden + widths of the features] */
  readonly classifierWeights: Tensor
  /** [vocabulary] */
  readonly classifierBias: Tensor
}

/** Graph inputs that only models with that feature have, each int64 [batch]. */
export const featureInputs = ['winner_ids', 'phase_ids', 'side_to_move_ids'] as const
export type FeatureInput = (typeof featureInputs)[number]
