import type { FastifyInstance, FastifyReply } from 'fastify'
import { problem } from '../errors/problem.ts'
import type { PageFile } from '../page-files/page-files.ts'
import type { PageStore } from '../page-files/page-store.ts'

/** GET /page/<version>/<name>: the files of the page. They hold no secret, and the sign-in needs them. */
export function pageRoutes(app: FastifyInstance, store: PageStore): void {
  app.get<{ Params: { version: string; '*': string } }>(
    '/page/:version/*',
    { config: { access: 'open' }, schema: { hide: true } },
    async ({ params, headers }, reply) => {
      const page = await store()
      const name = params['*']
      const file = page.files.get(name)
      if (file === undefined) throw problem(404, `the page has no file called ${name.slice(0, 200)}`)
      // A page that was open during an update asks under the old version: it may have the file, but not keep it.
      const isKept = params.version === page.version
      reply.header('cache-control', isKept ? 'public, max-age=31536000, immutable' : 'no-store')
      return sendFile(reply, file, String(headers['accept-encoding'] ?? ''))
    },
  )
}

function sendFile(reply: FastifyReply, file: PageFile, accepted: string): FastifyReply {
  reply.type(file.type).header('vary', 'accept-encoding')
  if (file.gzip === undefined || !/\bgzip\b/.test(accepted)) return reply.send(file.body)
  return reply.header('content-encoding', 'gzip').send(file.gzip)
}
