import type { FastifyPluginAsync } from 'fastify'
import type { SampleRing } from './sample-ring.ts'
import { sampleView } from './telemetry-samples.ts'
import { telemetrySchema } from './telemetry-schema.ts'

const defaultPoints = 300

/** GET /telemetry. */
export function telemetryRoutes(ring: Pick<SampleRing, 'read'>): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Querystring: { since?: string; points?: string } }>(
      '/telemetry',
      { config: { access: 'read' }, schema: telemetrySchema },
      ({ query }) => {
        const samples = ring.read(Number(query.since ?? 0), Number(query.points ?? defaultPoints))
        return { samples: samples.map(sampleView) }
      },
    )
  }
}
