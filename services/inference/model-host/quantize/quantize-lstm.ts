import { type GraphBuilder, int } from '../onnx/graph-builder.ts'
import type { Tensor } from '../onnx/tensor.ts'
import { quantizeWeights } from './quantize-weights.ts'

/** What a recurrent node is made of; the gates of its matrices in ONNX's order. */
export interface LstmNode {
  readonly name: string
  /** [4 x hidden, input] */
  readonly inputWeights: Tensor
  /** [4 x hidden, hidden] */
  readonly hiddenWeights: Tensor
  /** Names of the values steps, bias, lengths, initial h and initial c. */
  readonly steps: string
  readonly bias: string
  readonly lengths: string
  readonly state: readonly string[]
  readonly outputs: readonly string[]
}

/**
 * Adds a layer whose weights have 8 bits: onnxruntime's own operator, for the CPU only. It rounds what it multiplies them
 * with, too, by one scale for all rows of a batch, so an answer depends a little on who asks at the same time.
 */
export function addInt8Lstm(graph: GraphBuilder, node: LstmNode): void {
  const { name, steps, bias, lengths, state, outputs } = node
  const inputs = addInt8(graph, `${name}_W`, node.inputWeights)
  const hidden = addInt8(graph, `${name}_R`, node.hiddenWeights)
  const noPeepholes = ''
  graph.node(
    'DynamicQuantizeLSTM',
    [
      ...[steps, inputs.weights, hidden.weights, bias, lengths, ...state, noPeepholes],
      ...[inputs.scales, inputs.zeroPoints, hidden.scales, hidden.zeroPoints],
    ],
    [int('hidden_size', node.hiddenWeights.shape[1] ?? 0)],
    outputs,
  )
}

/** Each with the one direction in front. */
function addInt8(graph: GraphBuilder, name: string, matrix: Tensor) {
  const { shape, data, scales } = quantizeWeights(matrix)
  return {
    weights: graph.integers(name, { shape: [1, ...shape], data }),
    scales: graph.tensor(`${name}_scales`, { shape: [1, scales.length], data: scales }),
    zeroPoints: graph.integers(`${name}_zeros`, {
      shape: [1, scales.length],
      data: new Int8Array(scales.length),
    }),
  }
}
