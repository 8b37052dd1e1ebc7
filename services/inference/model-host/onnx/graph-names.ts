import protobuf from 'protobufjs/light.js'
import { ModelRefused } from '../model-refused.ts'

const values = (id: number) => ({ type: 'Value', id, rule: 'repeated' })

/** As much of onnx.proto as names a graph's inputs and outputs, and its metadata: all else is skipped unread. */
const root = protobuf.Root.fromJSON({
  nested: {
    Value: { fields: { name: { type: 'string', id: 1 } } },
    Graph: { fields: { input: values(11), output: values(12) } },
    Entry: { fields: { key: { type: 'string', id: 1 }, value: { type: 'string', id: 2 } } },
    Model: {
      fields: {
        graph: { type: 'Graph', id: 7 },
        metadataProps: { type: 'Entry', id: 14, rule: 'repeated' },
      },
    },
  },
})

export interface GraphNames {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly metadata: ReadonlyMap<string, string>
}

/** The names of a graph's inputs and outputs and the model's metadata, without a session; refuses bytes that are no ONNX file. */
export function graphNames(onnx: Uint8Array): GraphNames {
  const { graph, metadataProps = [] } = decoded(onnx)
  if (graph === undefined) throw new ModelRefused('it is no ONNX file: it holds no graph')
  const names = (list: readonly { readonly name?: string }[] = []) => list.map(({ name }) => name ?? '')
  const metadata = new Map(metadataProps.map(({ key = '', value = '' }) => [key, value]))
  return { inputs: names(graph.input), outputs: names(graph.output), metadata }
}

type Values = readonly { readonly name?: string }[]
interface NamesOnly {
  readonly graph?: { readonly input?: Values; readonly output?: Values }
  readonly metadataProps?: readonly { readonly key?: string; readonly value?: string }[]
}

function decoded(onnx: Uint8Array): NamesOnly {
  const type = root.lookupType('Model')
  try {
    return type.toObject(type.decode(onnx)) as NamesOnly // the shape that the descriptor above spells out
  } catch (error) {
    throw new ModelRefused('it is no complete ONNX file: cut short or still being written', { cause: error })
  }
}
