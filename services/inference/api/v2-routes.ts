import type { FastifyInstance } from 'fastify'
import type { FamilyName } from '../model-host/protocol.ts'
import { RequestProblem, unavailable } from '../request-problem.ts'
import type { ServedModel, Serving } from '../serving/served-model.ts'

/** The one name of the served model in the Open Inference Protocol, whatever file it comes from. */
const modelName = 'podmate'

/** The probes and metadata of the Open Inference Protocol v2; its own infer route is not offered. */
export function v2Routes(app: FastifyInstance, { serving }: { serving(): Serving }): void {
  const probe = {
    config: { access: 'open' },
    schema: schema('Probe of the Open Inference Protocol'),
  } as const
  const metadata = {
    config: { access: 'read' },
    schema: schema('Metadata of the Open Inference Protocol'),
  } as const
  const modelProbe = { ...probe, schema: { ...probe.schema, params } }
  const served = (name = modelName): ServedModel => {
    if (name !== modelName)
      throw new RequestProblem(404, 'No such model', `The one model is named ${modelName}.`)
    const now = serving()
    if (now.type === 'down') throw unavailable(now.reason)
    return now.served
  }
  app.get('/v2', metadata, () => ({ name: 'podmate', version: '2', extensions: [] }))
  app.get('/v2/health/live', probe, () => ({ live: true }))
  app.get('/v2/health/ready', probe, () => ({ ready: served() !== undefined }))
  app.get<Named>('/v2/models/:model', { ...metadata, schema: { ...metadata.schema, params } }, (request) =>
    metadataOf(served(request.params.model)),
  )
  app.get<Named>('/v2/models/:model/ready', modelProbe, (request) => ({
    name: modelName,
    ready: served(request.params.model) !== undefined,
  }))
}

interface Named {
  Params: { model: string }
}

function metadataOf({ family, generation }: ServedModel): object {
  const { inputs, outputs } = tensors[family.name]
  return {
    name: modelName,
    versions: [String(generation)],
    platform: 'onnxruntime_onnx',
    inputs: inputs.map(tensor),
    outputs: [...outputs, ['scores', 'FP32', -1, family.size] as const].map(tensor),
  }
}

type Tensor = readonly [name: string, datatype: string, ...shape: number[]]

const tensors: Readonly<Record<FamilyName, { inputs: readonly Tensor[]; outputs: readonly Tensor[] }>> = {
  next_move_lstm: {
    inputs: [
      ['tokens', 'INT64', -1, -1],
      ...['winner', 'phase', 'side'].map((name) => [name, 'INT64', -1] as const),
    ],
    outputs: [],
  },
  lc0: { inputs: [['planes', 'FP32', -1, 112, 8, 8]], outputs: [['wdl', 'FP32', -1, 3]] },
}

function tensor([name, datatype, ...shape]: Tensor): object {
  return { name, datatype, shape }
}

const params = {
  type: 'object',
  required: ['model'],
  properties: { model: { type: 'string', examples: [modelName] } },
}

function schema(summary: string): object {
  const answer = { description: 'It is so', type: 'object', additionalProperties: true }
  return { summary, tags: ['v2'], response: { 200: answer } }
}
