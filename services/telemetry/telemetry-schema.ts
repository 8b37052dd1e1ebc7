const orNull = (type: string, description?: string) => ({
  type: [type, 'null'],
  ...(description === undefined ? {} : { description }),
})

/** GET /telemetry. */
export const telemetrySchema = {
  summary: 'How much of the GPUs and of the machine was used in the last 24 hours',
  tags: ['telemetry'],
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      since: {
        type: 'string',
        pattern: '^\\d{1,15}$',
        description: 'Only samples after this time, in milliseconds since 1970.',
      },
      points: {
        type: 'string',
        pattern: '^([1-9]\\d{0,2}|1\\d{3}|2000)$',
        description: 'At most so many, 1 to 2000 (300); more are averaged in groups.',
      },
    },
  },
  response: {
    200: {
      description: 'Oldest first; null: it was unknown then',
      type: 'object',
      required: ['samples'],
      properties: {
        samples: {
          type: 'array',
          items: {
            type: 'object',
            required: ['at', 'gpus', 'cpu_percent', 'memory_used_mb', 'rx', 'tx'],
            properties: {
              at: { type: 'number', description: 'Milliseconds since 1970' },
              gpus: {
                type: 'array',
                description: 'By index.',
                items: {
                  type: 'object',
                  required: ['util_percent', 'memory_used_mb'],
                  properties: {
                    util_percent: orNull('number'),
                    memory_used_mb: orNull('integer', 'MiB.'),
                  },
                },
              },
              cpu_percent: orNull('number', 'Of all cores that this container may use.'),
              memory_used_mb: orNull('integer', 'MiB.'),
              rx: orNull('integer', 'Bytes received per second.'),
              tx: orNull('integer', 'Bytes sent per second.'),
            },
          },
        },
      },
    },
  },
}
