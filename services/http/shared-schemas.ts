import { stopTiers } from '../../supervisor/service.ts'
import { states } from '../../supervisor/status.ts'

const text = { type: 'string' }
const count = { type: 'integer', minimum: 0 }
const milliseconds = { type: 'number', description: 'Milliseconds since the start of podmate' }
const epoch = { type: 'number', description: 'Milliseconds since 1970' }
const freeForm = { type: 'object', additionalProperties: true }

const state = { $id: 'State', type: 'string', enum: [...states] }

const problem = {
  $id: 'Problem',
  type: 'object',
  description: 'RFC 9457; `detail` is a sentence that names what is wrong and the remedy',
  required: ['type', 'title', 'status', 'detail'],
  properties: { type: text, title: text, status: { type: 'integer' }, detail: text },
  additionalProperties: true,
}

const ending = {
  $id: 'Ending',
  type: 'object',
  required: ['ok', 'exitCode', 'signal', 'reason'],
  properties: {
    ok: { type: 'boolean' },
    exitCode: { type: ['integer', 'null'] },
    signal: { type: ['string', 'null'] },
    reason: text,
  },
}

const serviceStatus = {
  $id: 'ServiceStatus',
  type: 'object',
  required: [
    'name',
    'kind',
    'stopTier',
    'state',
    'since',
    'attempt',
    'restarts',
    'failures',
    'probeFailures',
    'suppressedLines',
  ],
  properties: {
    name: text,
    kind: { type: 'string', enum: ['service', 'task'] },
    stopTier: { type: 'string', enum: [...stopTiers] },
    state: { $ref: 'State#' },
    reason: text,
    pid: count,
    since: epoch,
    attempt: count,
    restarts: count,
    failures: count,
    delayMs: { type: 'number' },
    lastEnding: { $ref: 'Ending#' },
    lastLines: { type: 'array', items: text },
    startedMs: milliseconds,
    firstLogMs: milliseconds,
    readyMs: milliseconds,
    probeFailures: count,
    suppressedLines: count,
    details: freeForm,
  },
}

const podStatus = {
  $id: 'PodStatus',
  type: 'object',
  required: ['version', 'pid', 'startedAt', 'state', 'warnings', 'seq', 'services'],
  properties: {
    version: text,
    pid: count,
    startedAt: epoch,
    state: { type: 'string', enum: ['running', 'stopping', 'stopped'] },
    reason: text,
    warnings: { type: 'array', items: text },
    seq: { ...count, description: 'Number of the last event that is in this status' },
    services: { type: 'object', additionalProperties: { $ref: 'ServiceStatus#' } },
  },
}

const podEvent = {
  $id: 'PodEvent',
  type: 'object',
  description: 'One fact, numbered from 1; further fields depend on `type`',
  required: ['seq', 'at', 'ms', 'type'],
  properties: { seq: count, at: epoch, ms: milliseconds, type: text, service: text },
  additionalProperties: true,
}

const logLine = {
  $id: 'LogLine',
  type: 'object',
  required: ['at', 'service', 'stream', 'text'],
  properties: {
    at: epoch,
    service: text,
    stream: { type: 'string', enum: ['stdout', 'stderr', 'log'] },
    text,
  },
}

const readiness = {
  $id: 'Readiness',
  type: 'object',
  required: ['ready', 'failing'],
  properties: {
    ready: { type: 'boolean' },
    failing: {
      type: 'array',
      items: {
        type: 'object',
        required: ['service', 'state', 'reason'],
        properties: { service: text, state: text, reason: text },
      },
    },
  },
}

/** The shapes that more than one answer is made of, by `$id`, for OpenAPI and for checking answers in tests. */
export const sharedSchemas = [
  state,
  problem,
  ending,
  serviceStatus,
  podStatus,
  podEvent,
  logLine,
  readiness,
] as const
