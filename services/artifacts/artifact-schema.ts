const text = { type: 'string' }
const count = { type: 'integer', minimum: 0 }
const time = { type: 'string', description: 'ISO 8601, in UTC.' }
const described = (type: string, description: string) => ({ type, description })

const passedOver = {
  type: 'array',
  items: { type: 'object', required: ['path', 'reason'], properties: { path: text, reason: text } },
}
const amount = { files: count, bytes: count }

const flushProperties = {
  id: count,
  at: time,
  deadline_seconds: { type: 'number' },
  done: described('boolean', 'False while it is under way.'),
  left_files: described('integer', 'How many files are not safe; 0: everything is.'),
  left_bytes: count,
  left: { type: 'array', items: text, description: 'Their paths on the Hub, at most 1000.' },
  reason: described('string', 'Why something is left.'),
  pending: {
    type: 'object',
    properties: amount,
    description: 'While it is under way: what is not safe yet.',
  },
}
const flush = {
  type: 'object',
  required: ['id', 'at', 'deadline_seconds', 'done'],
  properties: flushProperties,
}

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
})

const file = {
  type: 'object',
  required: ['path', 'state', 'bytes_sent', 'bytes_total'],
  properties: { path: text, state: text, bytes_sent: count, bytes_total: count, note: text },
}

/** GET /artifacts. */
export const artifactsSchema = {
  summary: 'What is safe on Hugging Face, what is not yet, and what never will be',
  tags: ['artifacts'],
  response: {
    200: {
      description: 'What the uploader said last; without counts while it has not said anything',
      type: 'object',
      required: ['activity', 'flushes'],
      properties: {
        activity: {
          type: 'string',
          enum: ['off', 'starting', 'clean', 'waiting', 'hashing', 'uploading', 'backing-off', 'stopped'],
          description: 'clean: nothing waits; stopped: waits for you, see last_problem.',
        },
        reason: described('string', 'Why it is off.'),
        repo: {
          type: 'object',
          required: ['url', 'user', 'private'],
          properties: { url: text, user: text, private: { type: 'boolean' } },
        },
        warnings: { type: 'array', items: text },
        safe: { type: 'object', properties: amount },
        pending: {
          type: 'object',
          properties: { ...amount, next: { type: 'array', items: file, description: 'Those that go next.' } },
        },
        refused: { type: 'object', properties: { files: count, some: passedOver } },
        unmatched: {
          type: 'object',
          properties: { files: count, some: { type: 'array', items: text } },
          description: 'Files that HF_SYNC_PATTERNS does not name: they stay in the pod.',
        },
        parts_missing: {
          type: 'object',
          properties: { files: count, some: passedOver },
          description: 'Files that refer to others which are not there.',
        },
        unreadable: passedOver,
        totals: {
          type: 'object',
          description: 'Since podmate started.',
          properties: { commits: count, files_committed: count, bytes_uploaded: count, retries: count },
        },
        last_commit: {
          type: ['object', 'null'],
          properties: { oid: text, url: text, files: count, at: time },
        },
        last_problem: { type: ['object', 'null'], properties: { kind: text, text, at: time } },
        next_try: time,
        scan: { type: 'object', properties: { files: count, entries: count, took_ms: { type: 'number' } } },
        journal_problem: text,
        uploader: { type: 'object', properties: { pid: count, rss_bytes: count } },
        flushes: { type: 'array', items: flush, description: 'Newest first, at most 10.' },
      },
    },
  },
}

/** POST /artifacts/flush. */
export const flushSchema = {
  summary:
    'Send all that can be sent now; answers when that is done or out of time, and after 25 s that it goes on',
  tags: ['artifacts'],
  body: {
    type: ['object', 'null'],
    title: 'nothing, or an object such as {"deadline_seconds": 60}',
    additionalProperties: false,
    properties: {
      deadline_seconds: {
        type: 'number',
        minimum: 0,
        maximum: 86_400,
        description: 'Without it FLUSH_DEADLINE_SECONDS.',
      },
    },
  },
  response: {
    200: { description: 'Done, or out of time: left_files says whether everything is safe', ...flush },
    202: { description: 'It goes on; GET /artifacts lists it under its id', ...flush },
    409: problem('Nothing is uploaded here, and the detail says why'),
  },
}
