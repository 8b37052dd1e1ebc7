import { GraphBuilder, int, ints, value } from '../onnx/graph-builder.ts'
import { type OnnxModel, onnxTypes } from '../onnx/onnx-proto.ts'
import type { Tensor } from '../onnx/tensor.ts'
import { addInt8Lstm, type LstmNode } from '../quantize/quantize-lstm.ts'
import { stateInputs, stateOutputs } from './lstm-state.ts'
import type { LstmLayer, LstmWeights } from './lstm-weights.ts'

/** The form of the recurrent weights, which are most of a model. */
export type Precision = 'float32' | 'int8'

/**
 * The ONNX graph of a NextMoveLSTM. In: tokens int64 [batch, seq], lengths int64 [batch], the ids of its features, int64
 * [batch] each, and the state that each row goes on from, initial_h and initial_c float32 [layers, batch, hidden], zeros
 * at the start of a game. Out: logits float32 [batch, vocabulary] and the state of each row after its own last token,
 * final_h and final_c. A row of length 0 is answered from its initial state.
 */
export function lstmGraph(weights: LstmWeights, precision: Precision = 'float32'): OnnxModel {
  const graph = new GraphBuilder()
  const last = addLayers(graph, weights, precision === 'int8' ? addInt8Lstm : addPlainLstm)
  const features = addFeatures(graph, weights)
  const joined = features.length > 0 ? graph.node('Concat', [last, ...features], [int('axis', 1)]) : last
  const classifier = [
    graph.tensor('classifier_weights', weights.classifierWeights),
    graph.tensor('classifier_bias', weights.classifierBias),
  ]
  graph.node('Gemm', [joined, ...classifier], [int('transB', 1)], ['logits'])
  const ids = ['lengths', ...weights.features.map(({ input }) => input)]
  const state = [weights.layers.length, 'batch', hiddenOf(weights.layers)]
  return graph.model(
    [
      value('tokens', onnxTypes.int64, ['batch', 'seq']),
      ...ids.map((name) => value(name, onnxTypes.int64, ['batch'])),
      ...stateInputs.map((name) => value(name, onnxTypes.float, state)),
    ],
    [
      value('logits', onnxTypes.float, ['batch', weights.tokenEmbedding.shape[0] ?? 0]),
      ...stateOutputs.map((name) => value(name, onnxTypes.float, state)),
    ],
  )
}

function hiddenOf([first]: readonly LstmLayer[]): number {
  return first?.hiddenWeights.shape[1] ?? 0
}

function addFeatures(graph: GraphBuilder, { features }: LstmWeights): string[] {
  return features.map(({ input, embedding }) =>
    graph.node('Gather', [graph.tensor(`${input}_embedding`, embedding), input]),
  )
}

/** Returns the name of the last layer's hidden state at each row's last step, [batch, hidden]. */
function addLayers(graph: GraphBuilder, { tokenEmbedding, layers }: LstmWeights, addNode: AddLstm): string {
  const embedded = graph.node('Gather', [graph.tensor('token_embedding', tokenEmbedding), 'tokens'])
  const rows = {
    lengths: graph.node('Cast', ['lengths'], [int('to', onnxTypes.int32)]),
    moved: addMoved(graph),
  }
  const initial = stateInputs.map((name) => split(graph, name, layers.length))
  const final: string[][] = []
  let steps = graph.node('Transpose', [embedded], [ints('perm', [1, 0, 2])])
  for (const [index, layer] of layers.entries()) {
    const state = initial.map((names) => names[index] ?? '')
    if (index > 0) steps = graph.node('Squeeze', [allSteps(index - 1), graph.axes(1)])
    final.push(addLayer(graph, layer, { index, steps, state, addNode, ...rows }))
  }
  for (const [part, name] of stateOutputs.entries()) {
    const layersOfPart = final.map((last) => last[part] ?? '')
    graph.node('Concat', layersOfPart, [int('axis', 0)], [name])
  }
  return graph.node('Squeeze', [final.at(-1)?.[0] ?? '', graph.axes(0)])
}

/** Bool [1, batch, 1]: whether a row has any steps. onnxruntime answers zeros as the last state of one that has none. */
function addMoved(graph: GraphBuilder): string {
  const moved = graph.node('Cast', ['lengths'], [int('to', onnxTypes.bool)])
  return graph.node('Unsqueeze', [moved, graph.axes(0, 2)])
}

function split(graph: GraphBuilder, name: string, count: number): readonly string[] {
  const parts = Array.from({ length: count }, (_none, index) => `${name}_${index}`)
  graph.node('Split', [name], [int('axis', 0)], parts)
  return parts
}

interface LayerPlace {
  readonly index: number
  readonly steps: string
  readonly lengths: string
  readonly moved: string
  /** Names of the initial h and c, [1, batch, hidden] each. */
  readonly state: readonly string[]
  readonly addNode: AddLstm
}

type AddLstm = (graph: GraphBuilder, node: LstmNode) => void

/** Returns the names of h and c after each row's last step, [1, batch, hidden] each. */
function addLayer(
  graph: GraphBuilder,
  layer: LstmLayer,
  { index, steps, lengths, moved, state, addNode }: LayerPlace,
): string[] {
  const name = `lstm_${index}`
  const last = ['h', 'c'].map((part) => `${name}_${part}`)
  addNode(graph, {
    ...{ name, steps, lengths, state, outputs: [allSteps(index), ...last] },
    inputWeights: inOnnxOrder(layer.inputWeights),
    hiddenWeights: inOnnxOrder(layer.hiddenWeights),
    bias: graph.tensor(`${name}_B`, withDirection(joinedBias(layer))),
  })
  return last.map((final, part) => graph.node('Where', [moved, final, state[part] ?? '']))
}

function addPlainLstm(graph: GraphBuilder, node: LstmNode): void {
  const { name, steps, bias, lengths, state, outputs } = node
  const weights = [
    graph.tensor(`${name}_W`, withDirection(node.inputWeights)),
    graph.tensor(`${name}_R`, withDirection(node.hiddenWeights)),
  ]
  const hidden = node.hiddenWeights.shape[1] ?? 0
  graph.node('LSTM', [steps, ...weights, bias, lengths, ...state], [int('hidden_size', hidden)], outputs)
}

/** Name of a layer's output at every step, [seq, 1, batch, hidden]. */
function allSteps(layer: number): string {
  return `lstm_${layer}_all`
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
