import { jobStatuses } from './job.ts'
import { knownNumbers, namesAtMost, pointsAtMost } from './read-points.ts'

const text = { type: 'string' }
const textOrNull = { type: ['string', 'null'] }
const numberOrNull = { type: ['number', 'null'] }
const time = { type: ['integer', 'null'], description: 'Milliseconds since 1970' }
const tags = ['training']
const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
})
const idParams = { type: 'object', required: ['id'], properties: { id: { type: 'string', minLength: 1 } } }

const job = {
  type: 'object',
  required: ['id', 'status', 'name'],
  properties: {
    id: text,
    status: { type: 'string', enum: [...jobStatuses] },
    name: text,
    source: { type: 'string', enum: ['trainer', 'hand'] },
    command: textOrNull,
    ...{ created_at: time, started_at: time, ended_at: time },
    exit_code: { type: ['integer', 'null'] },
    signal: textOrNull,
    reason: {
      ...textOrNull,
      description: '`oom`, `stalled`, `killed by user`, `early stop: …`, `the pod ended`',
    },
    error: { ...textOrNull, description: 'The last lines of a run that failed' },
    attempts: { type: 'integer' },
    last_step: { type: ['integer', 'null'] },
    ...{ last_loss: numberOrNull, progress: numberOrNull },
    total_points: { type: 'integer' },
  },
}
const known = Object.fromEntries(knownNumbers.map((name) => [name, numberOrNull]))
const storedPoint = {
  type: 'object',
  required: ['step', 'timestamp'],
  properties: { step: { type: 'integer' }, ...known, timestamp: { type: 'integer' } },
  additionalProperties: numberOrNull,
}
const reported = {
  anyOf: [numberOrNull, { type: 'string', enum: ['NaN', 'Infinity', '-Infinity'] }],
}
const point = {
  type: 'object',
  required: ['step'],
  properties: {
    step: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    ...Object.fromEntries(knownNumbers.map((name) => [name, reported])),
    timestamp: { type: ['number', 'null'], minimum: 0, maximum: 8.64e15 },
  },
  additionalProperties: reported,
}

export const listSchema = {
  summary: 'Training jobs, newest first',
  tags,
  response: {
    200: {
      description: 'At most 200',
      type: 'object',
      required: ['jobs'],
      properties: { jobs: { type: 'array', items: job } },
    },
  },
}

export const jobSchema = {
  summary: 'One training job',
  tags,
  params: idParams,
  response: { 200: { description: 'The job', ...job } },
}

export const createSchema = {
  summary: 'Makes a job for a training that is started by hand',
  description: 'Start it with JOB_ID, JOB_TOKEN and METRICS_API_URL set to what this answers.',
  tags,
  body: {
    type: 'object',
    required: ['name'],
    additionalProperties: false,
    properties: { name: { type: 'string', minLength: 1, maxLength: 200 } },
  },
  response: {
    201: {
      description: 'The job, pending until it reports',
      type: 'object',
      required: ['id', 'job_token', 'metrics_api_url'],
      properties: { id: text, job_token: text, metrics_api_url: textOrNull },
    },
  },
}

export const endSchema = {
  summary: 'Says how a job that is run by hand has ended',
  description: 'With the job_token of this job as Bearer.',
  tags,
  params: idParams,
  body: {
    type: 'object',
    required: ['status'],
    additionalProperties: false,
    properties: {
      status: { type: 'string', enum: ['completed', 'failed', 'cancelled'] },
      reason: { type: 'string', maxLength: 500 },
    },
  },
  response: {
    200: { description: 'The job', ...job },
    401: problem('The token is not that of the job, or there is no such job'),
    409: problem('The trainer service runs this job'),
  },
}

export const ingestSchema = {
  summary: 'Takes metrics of a training job',
  description:
    `One point or an array of at most ${pointsAtMost}, with the JOB_TOKEN of this job as Bearer; any further numbers, at most ` +
    `${namesAtMost} names. They are on disk when this answers. A step that was reported before is completed; where an epoch ` +
    'begins again with low steps, they are counted on. Numbers of a process with a `rank` above 0 are kept apart, as ' +
    '`rank1/loss`. NaN and Infinity are taken as Python writes them.',
  tags,
  params: idParams,
  body: { anyOf: [point, { type: 'array', maxItems: pointsAtMost, items: point }] },
  response: {
    200: {
      description: 'On disk',
      type: 'object',
      required: ['status'],
      properties: {
        status: { const: 'ok' },
        continued: {
          type: 'integer',
          description:
            'So many steps begin again with a later epoch: they are counted on from the last one before it',
        },
        replaced: {
          type: 'integer',
          description: 'So many steps were reported before with other numbers, which these replace',
        },
      },
    },
    401: problem('The token is not that of the job, or there is no such job'),
    413: problem('The body is longer than 8 MB'),
  },
}

export const metricsSchema = {
  summary: 'Metrics of a training job',
  description:
    'Sorted by step. With `points` at most so many real points that draw the same curves (MinMaxLTTB): the first, the last, ' +
    'and the lowest and highest value of each of `keys`, which share them.',
  tags,
  params: idParams,
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      since: { type: 'string', pattern: '^-?\\d{1,16}$', title: 'a step: only later ones are answered' },
      until: { type: 'string', pattern: '^\\d{1,16}$', title: 'a step: no later ones are answered' },
      points: { type: 'string', pattern: '^\\d{1,6}$', title: 'how many points at most, 2 or more' },
      keys: { type: 'string', maxLength: 4000, title: 'names of numbers with commas between them' },
    },
  },
  response: {
    200: {
      description:
        'A number that was reported but is not finite is null; `last_id`: where the stream goes on from here',
      type: 'object',
      required: ['metrics', 'last_id'],
      properties: { metrics: { type: 'array', items: storedPoint }, last_id: { type: 'integer' } },
    },
  },
}

export const streamSchema = {
  summary: 'Metrics of a training job as they come',
  description:
    'Server-Sent Events: `job` (the job, at first and when its status changes) and `metrics` (a point, its row id as id). To ' +
    'resume, send the last id as Last-Event-ID, or as `after` the `last_id` of the metrics that were read.',
  tags,
  params: idParams,
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: { after: { type: 'string', pattern: '^\\d{1,15}$', title: 'a row id, like 1740' } },
  },
  response: {
    200: {
      description: 'An endless stream',
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    },
  },
}
