const described = (type: string, description: string) => ({ type, description })

const following = {
  type: 'string',
  enum: ['latest', 'file', 'pinned'],
  description:
    'latest: the newest of ARTIFACT_DIRS; file: INFERENCE_API_MODEL_PATH; pinned: nothing, until released.',
}

const quality = {
  type: ['object', 'null'],
  description:
    'How good it was on held-out games when it was saved, as its own record says; null when that says nothing.',
  properties: {
    top1: described('number', 'The share of moves that were its first choice, from 0 to 1.'),
    val_loss: described('number', 'Nats a move.'),
  },
}

const servedProperties = {
  generation: described('integer', 'Counts the models that were served since podmate started.'),
  model_path: described('string', 'The file that answers.'),
  source: { type: 'string', enum: ['file', 'latest', 'bundled'] },
  device: described('string', 'cpu or cuda:N, as a profiled run showed.'),
  quality,
}
const served = { type: 'object', required: Object.keys(servedProperties), properties: servedProperties }

const changed = {
  ...served,
  description: 'It is served',
  required: [...served.required, 'following'],
  properties: { ...servedProperties, following },
}

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
})

const refusals = {
  409: problem('Something else was asked for in the meantime, or there is nothing to go back to'),
  422: problem('It cannot be served, and the detail says why; the model before serves on'),
}

/** GET /models. */
export const modelsSchema = {
  summary: 'Which model is served, which could be, and which could not',
  tags: ['inference'],
  response: {
    200: {
      description: 'What the watch of ARTIFACT_DIRS saw last',
      type: 'object',
      required: ['serving', 'following', 'pinned', 'previous', 'candidates', 'rejected'],
      properties: {
        serving: { ...served, type: ['object', 'null'], description: 'Null while nothing is served.' },
        reason: described('string', 'Why nothing is served.'),
        following,
        pinned: {
          type: ['string', 'null'],
          description: 'The file that POST /model or a rollback holds on to.',
        },
        previous: { type: ['string', 'null'], description: 'The file that a rollback serves.' },
        candidates: {
          type: 'array',
          description: 'Newest first.',
          items: {
            type: 'object',
            required: ['path', 'bytes', 'mtime', 'quality', 'serving'],
            properties: {
              path: { type: 'string' },
              bytes: { type: 'integer' },
              mtime: described('string', 'ISO 8601, in UTC.'),
              quality,
              serving: { type: 'boolean' },
            },
          },
        },
        rejected: {
          type: 'array',
          items: {
            type: 'object',
            required: ['path', 'reason'],
            properties: { path: { type: 'string' }, reason: { type: 'string' } },
          },
        },
      },
    },
  },
}

/** POST /model. */
export const changeSchema = {
  summary: 'Serve this model and no other until told otherwise; "latest" follows the newest again',
  tags: ['inference'],
  body: {
    type: 'object',
    title: 'an object such as {"path": "/workspace/checkpoints/best.pt"} or {"path": "latest"}',
    required: ['path'],
    additionalProperties: false,
    properties: { path: described('string', 'A file under ARTIFACT_DIRS or the bundled model, or latest.') },
  },
  response: { 200: changed, ...refusals },
}

/** POST /model/rollback. */
export const rollbackSchema = {
  summary: 'Serve the model that was served before this one, until told otherwise',
  tags: ['inference'],
  body: { type: ['object', 'null'], additionalProperties: false, properties: {} },
  response: { 200: changed, ...refusals },
}
