import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import type { ConnectionCount } from '../listening/connection-count.ts'
import type { RouteContext } from '../route-context.ts'

/** /metrics in Prometheus' text format. prom-client is loaded by the first scrape: most pods are never scraped. */
export function metricRoutes(app: FastifyInstance, { options, connections }: RouteContext): void {
  let registry: Promise<Registry> | undefined
  app.get('/metrics', { config: { access: 'read' }, schema: metricsSchema }, async (_request, reply) => {
    registry ??= newRegistry(options, connections)
    const ours = await registry
    return reply.type(ours.contentType).send(await ours.metrics())
  })
}

async function newRegistry(
  options: RouteContext['options'],
  connections: ConnectionCount,
): Promise<Registry> {
  const { podRegistry } = await import('../pod-registry.ts')
  const registry = podRegistry(
    () => options.pod.status(),
    () => connections.refused,
  )
  for (const addTo of options.metrics ?? []) await addTo(registry)
  return registry
}

const metricsSchema = {
  summary: 'Metrics for Prometheus',
  tags: ['pod'],
  response: {
    200: { description: 'Text format 0.0.4', content: { 'text/plain': { schema: { type: 'string' } } } },
  },
}
