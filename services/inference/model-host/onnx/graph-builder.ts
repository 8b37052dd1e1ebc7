import { ModelRefused } from '../model-refused.ts'
import {
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
  onnxAttributeTypes,
  onnxTypes,
} from './onnx-proto.ts'
import type { Tensor } from './tensor.ts'

const opset = 17
const irVersion = 8
/** Operators that only onnxruntime has. */
const ownDomain = { domain: 'com.microsoft', version: 1 }
const ownOperators: readonly string[] = ['DynamicQuantizeLSTM']
/** protobuf cannot hold more than 2 GiB. */
const mostBytes = 2 ** 31 - 2 ** 20

/** Collects nodes and constant tensors; values are passed around by their names. */
export class GraphBuilder {
  readonly #nodes: OnnxNode[] = []
  readonly #tensors = new Map<string, OnnxTensor>()

  /** Adds a node and returns the name of its last output. */
  node(
    opType: string,
    input: readonly string[],
    attribute: readonly OnnxAttribute[] = [],
    output: readonly string[] = [`${opType.toLowerCase()}_${this.#nodes.length}`],
  ): string {
    const domain = ownOperators.includes(opType) ? { domain: ownDomain.domain } : {}
    this.#nodes.push({ opType, name: `${opType}_${this.#nodes.length}`, input, output, attribute, ...domain })
    return output.at(-1) ?? ''
  }

  tensor(name: string, { shape, data }: Tensor): string {
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    this.#tensors.set(name, { name, dims: shape, dataType: onnxTypes.float, rawData })
    return name
  }

  /** A constant of whole numbers from -128 to 127. */
  integers(
    name: string,
    { shape, data }: { readonly shape: readonly number[]; readonly data: Int8Array },
  ): string {
    this.#tensors.set(name, {
      name,
      dims: shape,
      dataType: onnxTypes.int8,
      rawData: new Uint8Array(data.buffer),
    })
    return name
  }

  /** A constant list of axes, as operators take them since opset 13. */
  axes(...axes: readonly number[]): string {
    const name = `axes_${axes.join('_')}`
    const rawData = new Uint8Array(BigInt64Array.from(axes, BigInt).buffer)
    this.#tensors.set(name, { name, dims: [axes.length], dataType: onnxTypes.int64, rawData })
    return name
  }

  model(input: readonly OnnxValue[], output: readonly OnnxValue[]): OnnxModel {
    const initializer = [...this.#tensors.values()]
    const bytes = initializer.reduce((sum, { rawData }) => sum + rawData.length, 0)
    if (bytes > mostBytes)
      throw new ModelRefused(`its weights have ${bytes} bytes; at most ${mostBytes} can be served`)
    return {
      irVersion,
      producerName: 'podmate',
      opsetImport: [{ domain: '', version: opset }, ownDomain],
      graph: { name: 'next_move_lstm', node: this.#nodes, initializer, input, output },
    }
  }
}

export function int(name: string, i: number): OnnxAttribute {
  return { name, type: onnxAttributeTypes.int, i }
}

export function ints(name: string, list: readonly number[]): OnnxAttribute {
  return { name, type: onnxAttributeTypes.ints, ints: list }
}

/** A graph input or output; a dimension is a length or the name of one that varies. */
export function value(name: string, elemType: number, shape: readonly (number | string)[]): OnnxValue {
  const dim = shape.map((length) =>
    typeof length === 'number' ? { dimValue: length } : { dimParam: length },
  )
  return { name, type: { tensorType: { elemType, shape: { dim } } } }
}
