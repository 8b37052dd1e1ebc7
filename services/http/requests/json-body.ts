import type { FastifyInstance } from 'fastify'
import { problem } from '../errors/problem.ts'

/** Reads every body as JSON, whatever its Content-Type says: `curl -d` says that it is a form. An empty one is none. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addHook('onRequest', async (request) => {
    // With no type at all even a malformed one cannot be refused.
    delete request.headers['content-type']
  })
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser<string>('*', { parseAs: 'string' }, (request, text, done) => {
    if (text === '') return done(null)
    return parse(request, text, (error, body) => {
      done(error === null ? null : problem(400, `the body is not valid JSON: ${reasonOf(text)}`), body)
    })
  })
}

// fastify's parser says that it is wrong, but not where.
function reasonOf(text: string): string {
  try {
    JSON.parse(text)
    return 'a field must not be called __proto__ or constructor'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
