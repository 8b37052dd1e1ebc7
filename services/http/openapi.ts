import swagger from '@fastify/swagger'
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'
import type { Access } from './requests/access.ts'

/** Makes an OpenAPI 3.1 document of every route that is registered after this one. */
export async function describeRoutes(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'podmate',
        version,
        description:
          'The pod, its services and the served model. Errors are application/problem+json (Problem).',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      components: { securitySchemes },
    },
    refResolver: {
      buildLocalReference: (schema, _base, _fragment, index) => String(schema.$id ?? `Schema${index}`),
    },
    transform: ({ schema, url, route }) => ({ schema: documented(schema, route), url }),
  })
  app.get('/openapi.json', { config: { access: 'read' }, schema: openapiSchema }, () => openapiDocument(app))
}

/** The document that `describeRoutes` makes. Its server is relative, so that it is right behind every proxy. */
export function openapiDocument(app: FastifyInstance): object {
  return { ...app.swagger(), servers: [{ url: './' }] }
}

const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', description: 'The token that `podctl url` prints' },
  query: { type: 'apiKey', in: 'query', name: 'token' },
} as const

const openapiSchema = {
  summary: 'This document',
  tags: ['docs'],
  response: { 200: { description: 'OpenAPI 3.1', type: 'object', additionalProperties: true } },
}

// What every route may answer is said once, here, and not in each of them.
function documented(schema: FastifySchema | undefined, route: RouteOptions): FastifySchema {
  const access = route.config?.access ?? 'read'
  const known = schema?.response as Readonly<Record<string, unknown>> | undefined // a map by status, as fastify wants
  const success = Object.keys(known ?? {}).some((status) => status.startsWith('2'))
    ? {}
    : { 200: { description: 'Done' } }
  const response = { ...success, ...problemsOf(access, route, schema), ...known }
  return { ...schema, response, security: securityOf(access) } as FastifySchema // swagger's own fields are not in its type
}

const problemDescriptions: Readonly<Record<number, string>> = {
  400: 'The request is not well-formed',
  401: 'The token is missing or wrong',
  403: 'Not from the page of this podmate, or not on its control socket',
  404: 'There is nothing of this name',
  413: 'The body is longer than 1 MB',
  422: 'The request does not fit the schema',
  431: 'The address and the headers are longer than 16 KB',
  503: 'Not now; Retry-After says when',
}

function problemsOf(
  access: Access,
  route: RouteOptions,
  schema: FastifySchema | undefined,
): Record<number, unknown> {
  const statuses = [
    ...(access === 'open' ? [] : [401]),
    ...(access === 'change' || access === 'socket' ? [403] : []),
    ...(route.url.includes('/:') ? [404] : []),
    ...(schema?.body === undefined ? [] : [400, 413]),
    ...((schema?.body ?? schema?.querystring ?? schema?.params) ? [422] : []),
    ...((schema?.querystring ?? schema?.params) ? [431] : []),
    503,
  ]
  const content = { 'application/problem+json': { schema: { $ref: 'Problem#' } } }
  return Object.fromEntries(
    statuses.map((status) => [status, { description: problemDescriptions[status], content }]),
  )
}

function securityOf(access: Access): readonly object[] {
  if (access === 'open') return []
  const schemes = [{ bearer: [] }, { query: [] }]
  return access === 'read' ? [{}, ...schemes] : schemes
}
