import protobuf from 'protobufjs/light.js'

/** The part of onnx.proto (IR 8) that a next-move LSTM needs. */
export interface OnnxTensor {
  readonly name: string
  readonly dims: readonly number[]
  readonly dataType: number
  readonly rawData: Uint8Array
}
export interface OnnxAttribute {
  readonly name: string
  readonly type: number
  readonly i?: number
  readonly ints?: readonly number[]
}
export interface OnnxNode {
  readonly opType: string
  /** Of operators that ONNX itself does not have. */
  readonly domain?: string
  readonly name: string
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly attribute: readonly OnnxAttribute[]
}
export interface OnnxValue {
  readonly name: string
  readonly type: {
    readonly tensorType: {
      readonly elemType: number
      readonly shape: {
        readonly dim: readonly ({ readonly dimValue: number } | { readonly dimParam: string })[]
      }
    }
  }
}
export interface OnnxModel {
  readonly irVersion: number
  readonly producerName: string
  readonly opsetImport: readonly { readonly domain: string; readonly version: number }[]
  readonly graph: {
    readonly name: string
    readonly node: readonly OnnxNode[]
    readonly initializer: readonly OnnxTensor[]
    readonly input: readonly OnnxValue[]
    readonly output: readonly OnnxValue[]
  }
}

export const onnxTypes = { float: 1, int8: 3, int32: 6, int64: 7, bool: 9 } as const
export const onnxAttributeTypes = { int: 2, ints: 7 } as const

const one = (type: string, id: number) => ({ type, id })
const many = (type: string, id: number) => ({ type, id, rule: 'repeated' })

const root = protobuf.Root.fromJSON({
  nested: {
    Opset: { fields: { domain: one('string', 1), version: one('int64', 2) } },
    Tensor: {
      fields: {
        dims: many('int64', 1),
        dataType: one('int32', 2),
        name: one('string', 8),
        rawData: one('bytes', 9),
      },
    },
    Attribute: {
      fields: { name: one('string', 1), i: one('int64', 3), ints: many('int64', 8), type: one('int32', 20) },
    },
    Node: {
      fields: {
        input: many('string', 1),
        output: many('string', 2),
        name: one('string', 3),
        opType: one('string', 4),
        attribute: many('Attribute', 5),
        domain: one('string', 7),
      },
    },
    Dimension: { fields: { dimValue: one('int64', 1), dimParam: one('string', 2) } },
    Shape: { fields: { dim: many('Dimension', 1) } },
    TensorType: { fields: { elemType: one('int32', 1), shape: one('Shape', 2) } },
    ValueType: { fields: { tensorType: one('TensorType', 1) } },
    Value: { fields: { name: one('string', 1), type: one('ValueType', 2) } },
    Graph: {
      fields: {
        node: many('Node', 1),
        name: one('string', 2),
        initializer: many('Tensor', 5),
        input: many('Value', 11),
        output: many('Value', 12),
      },
    },
    Model: {
      fields: {
        irVersion: one('int64', 1),
        producerName: one('string', 2),
        graph: one('Graph', 7),
        opsetImport: many('Opset', 8),
      },
    },
  },
})

/** The bytes of an `.onnx` file. */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  return root.lookupType('Model').encode(model).finish()
}
