import type { FastifyInstance } from 'fastify'
import { timing } from '../../../supervisor/timing.ts'
import type { RouteContext } from '../route-context.ts'

/** /status is the whole truth about the pod in one document; /timing says how the start went. */
export function statusRoutes(app: FastifyInstance, { options }: RouteContext): void {
  app.get('/status', { config: { access: 'read' }, schema: statusSchema }, () => options.pod.status())
  app.get('/timing', { config: { access: 'read' }, schema: timingSchema }, () => timing(options.pod.status()))
}

const statusSchema = {
  summary: 'Every service with its state and reason',
  tags: ['pod'],
  response: { 200: { description: 'The pod as it is now', $ref: 'PodStatus#' } },
}

const timingSchema = {
  summary: 'How long each service took to be ready, and what the start waited for',
  tags: ['pod'],
  response: {
    200: {
      description: 'Milliseconds since the start of podmate',
      type: 'object',
      additionalProperties: true,
    },
  },
}
