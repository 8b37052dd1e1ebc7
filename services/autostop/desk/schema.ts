import { stopCauses } from '../decision/verdict.ts'
import { longestHoldMs } from '../hold.ts'
import { signalNames } from '../signal.ts'
import { stopSteps } from '../stop/stop-progress.ts'

const text = { type: 'string' }
const number = { type: 'number' }
const orNull = (type: string, description?: string) => ({
  type: [type, 'null'],
  ...(description === undefined ? {} : { description }),
})
const epoch = (description: string) => orNull('number', `${description}; epoch milliseconds.`)
const objectOrNull = (properties: Readonly<Record<string, object>>, description: string) => ({
  type: ['object', 'null'],
  description,
  properties,
  required: Object.keys(properties),
})

const signal = {
  type: 'object',
  required: ['name', 'state', 'seconds_since', 'evidence'],
  properties: {
    name: { type: 'string', enum: [...signalNames] },
    state: { type: 'string', enum: ['active', 'quiet', 'unknown'] },
    seconds_since: orNull('number', 'Since the last activity; null: none was seen.'),
    evidence: text,
  },
}

const cost = objectOrNull(
  {
    spent_usd: orNull('number'),
    rate_usd_per_hour: orNull('number'),
    rate_source: orNull('string', 'Where the rate is from.'),
    budget_usd: orNull('number', 'BUDGET_USD.'),
    budget_ends_at: epoch('When the budget will be spent'),
    projected_usd_24h: orNull('number', 'What the next 24 hours will cost.'),
    problem: orNull('string', 'Why the budget cannot be kept, with the remedy.'),
  },
  'In US dollars; null for what is not known.',
)

const stop = objectOrNull(
  {
    because: text,
    step: { type: 'string', enum: [...stopSteps] },
    text: { type: 'string', description: 'What happens now.' },
    attempts: { type: 'integer', description: 'Stop calls so far.' },
    problem: orNull('string', 'Why the pod still runs.'),
    next_try_at: epoch('When the next stop call comes'),
  },
  'A stop that is under way.',
)

const properties = {
  verdict: { type: 'string', enum: ['running', 'countdown', 'stopping', 'off'] },
  why: { type: 'string', description: 'Why it runs or stops, in plain sentences.' },
  stops_at: epoch('When it stops if nothing changes'),
  stops_because: { type: ['string', 'null'], enum: [...stopCauses, null] },
  idle_for_seconds: number,
  idle_timeout_seconds: orNull('number', 'Null: idleness does not stop this pod.'),
  signals: { type: 'array', items: signal, description: 'Everything here that can show that it is used.' },
  hold: objectOrNull({ until: number, why: text }, 'What the user holds the pod for.'),
  cost,
  lifetime: { type: 'object', required: ['ends_at'], properties: { ends_at: epoch('MAX_LIFETIME_SECONDS') } },
  stop,
  last_stop: objectOrNull({ at: number, because: text, text }, 'Why it stopped the last time.'),
  problems: { type: 'array', items: text, description: 'What will keep it from stopping, with the remedy.' },
  action: { type: ['string', 'null'], enum: ['runpod_api', 'exit', 'none', null] },
  verb: { type: ['string', 'null'], enum: ['stop', 'terminate', null] },
  dry_run: { type: 'boolean', description: 'It only says what it would do.' },
}
const standing = { type: 'object', required: Object.keys(properties), properties }

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
})
const tags = ['autostop']
const off = { 409: problem('Nothing stops this pod by itself, and the detail says why') }

/** GET /autostop. */
export const standingSchema = {
  summary: 'Why the pod is still running, when it would stop, and what it costs',
  tags,
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      look: { type: 'string', enum: ['0', '1'], description: '1: looks now, which takes up to 6 s.' },
    },
  },
  response: {
    200: { description: 'As of the last look, at most IDLE_CHECK_INTERVAL_SECONDS ago', ...standing },
  },
}

/** GET /autostop/journal. */
export const journalSchema = {
  summary: 'What autostop has decided and done, also before this start',
  tags,
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      last: { type: 'string', pattern: '^([1-9]\\d{0,2}|1000)$', title: 'a whole number from 1 to 1000' },
    },
  },
  response: {
    200: {
      description: 'Newest last',
      type: 'object',
      required: ['entries'],
      properties: {
        entries: {
          type: 'array',
          items: {
            type: 'object',
            required: ['at', 'event', 'text'],
            properties: { at: number, event: text, text },
            additionalProperties: true,
          },
        },
      },
    },
  },
}

/** POST /autostop/hold. */
export const holdSchema = {
  summary: 'Keep the pod for a while, whether it is used or not; the budget holds all the same',
  tags,
  body: {
    type: 'object',
    title: 'an object such as {"seconds": 7200, "why": "lunch"}',
    additionalProperties: false,
    required: ['seconds'],
    properties: {
      seconds: {
        type: 'integer',
        minimum: 1,
        maximum: longestHoldMs / 1000,
        description: 'At most 7 days; a hold that ends later stays as long as it was.',
      },
      why: { type: 'string', maxLength: 200, description: 'For whoever asks why it is still running.' },
    },
  },
  response: { 200: { description: 'Held', ...standing }, ...off },
}

/** POST /autostop/release. */
export const releaseSchema = {
  summary: 'End the hold, if there is one; idleness begins to count now',
  tags,
  response: { 200: { description: 'Nothing holds the pod', ...standing }, ...off },
}

/** POST /autostop/stop. */
export const stopSchema = {
  summary:
    'Stop the pod now, in order: trainer, uploads, RunPod; ends a hold, and one that comes later calls it off',
  tags,
  body: {
    type: 'object',
    title: 'an object such as {"why": "done for today"}, or {}',
    additionalProperties: false,
    properties: {
      why: { type: 'string', maxLength: 200, description: 'For whoever asks why it was stopped.' },
    },
  },
  response: { 200: { description: 'Announced', ...standing }, ...off },
}
