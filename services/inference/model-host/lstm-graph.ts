import { GraphBuilder, int, ints, value } from './graph-builder.ts'
import type { LstmLayer, LstmWeights } from './lstm-weights.ts'
import { type OnnxModel, onnxTypes } from './onnx-proto.ts'
import type { Tensor } from './tensor.ts'

/**
 * The ONNX graph of a NextMoveLSTM: tokens int64 [batch, seq], lengths int64 [batch] and the ids of its features,
 * int64 [batch] each, to logits float32 [batch, vocabulary], every row read at its own last step.
 */
export function lstmGraph(weights: LstmWeights): OnnxModel {
  const graph = new GraphBuilder()
  const last = addLayers(graph, weights)
  const features = addFeatures(graph, weights)
  const joined = features.length > 0 ? graph.node('Concat', [last, ...features], [int('axis', 1)]) : last
  const classifier = [
    graph.tensor('classifier_weights', weights.classifierWeights),
    graph.tensor('classifier_bias', weights.classifierBias),
  ]
  graph.node('Gemm', [joined, ...classifier], [int('transB', 1)], ['logits'])
  const inputs = ['lengths', ...weights.features.map(({ input }) => input)]
  return graph.model(
    [
      value('tokens', onnxTypes.int64, ['batch', 'seq']),
      ...inputs.map((name) => value(name, onnxTypes.int64, ['batch'])),
    ],
    [value('logits', onnxTypes.float, ['batch', weights.tokenEmbedding.shape[0] ?? 0])],
  )
}

function addFeatures(graph: GraphBuilder, { features }: LstmWeights): string[] {
  return features.map(({ input, embedding }) =>
    graph.node('Gather', [graph.tensor(`${input}_embedding`, embedding), input]),
  )
}

/** Returns the name of the last layer's hidden state at each row's last step, [batch, hidden]. */
function addLayers(graph: GraphBuilder, { tokenEmbedding, layers }: LstmWeights): string {
  const embedded = graph.node('Gather', [graph.tensor('token_embedding', tokenEmbedding), 'tokens'])
  const lengths = graph.node('Cast', ['lengths'], [int('to', onnxTypes.int32)])
  let steps = graph.node('Transpose', [embedded], [ints('perm', [1, 0, 2])])
  for (const [index, layer] of layers.slice(0, -1).entries()) {
    const all = `lstm_${index}_all`
    addLayer(graph, layer, { index, steps, lengths, outputs: [all] })
    steps = graph.node('Squeeze', [all, graph.axis(1)])
  }
  const index = layers.length - 1
  for (const layer of layers.slice(-1)) {
    addLayer(graph, layer, { index, steps, lengths, outputs: ['', 'lstm_final'] })
  }
  return graph.node('Squeeze', ['lstm_final', graph.axis(0)])
}

interface LayerPlace {
  readonly index: number
  readonly steps: string
  readonly lengths: string
  /** Names of all steps [seq, 1, batch, hidden] and of the last ones [1, batch, hidden]. */
  readonly outputs: readonly string[]
}

function addLayer(graph: GraphBuilder, layer: LstmLayer, { index, steps, lengths, outputs }: LayerPlace) {
  const weights = [
    graph.tensor(`lstm_${index}_W`, withDirection(inOnnxOrder(layer.inputWeights))),
    graph.tensor(`lstm_${index}_R`, withDirection(inOnnxOrder(layer.hiddenWeights))),
    graph.tensor(`lstm_${index}_B`, withDirection(joinedBias(layer))),
  ]
  const hidden = layer.hiddenWeights.shape[1] ?? 0
  graph.node('LSTM', [steps, ...weights, lengths], [int('hidden_size', hidden)], outputs)
}

/** Where torch keeps ONNX's gates input, output, forget, cell: torch's order is input, forget, cell, output. */
const torchGateOf = [0, 3, 1, 2]

function inOnnxOrder({ shape, data }: Tensor): Tensor {
  const size = data.length / torchGateOf.length
  const ordered = new Float32Array(data.length)
  for (const [gate, from] of torchGateOf.entries()) {
    ordered.set(data.subarray(from * size, (from + 1) * size), gate * size)
  }
  return { shape, data: ordered }
}

function joinedBias({ inputBias, hiddenBias }: LstmLayer): Tensor {
  const halves = [inOnnxOrder(inputBias).data, inOnnxOrder(hiddenBias).data]
  const data = Float32Array.from(halves.flatMap((half) => [...half]))
  return { shape: [data.length], data }
}

function withDirection({ shape, data }: Tensor): Tensor {
  return { shape: [1, ...shape], data }
}
