import type { FastifyInstance } from 'fastify'
import type { Command, CommandResult } from '../../../supervisor/pod.ts'
import { aborted } from '../../../supervisor/time.ts'
import { problem } from '../errors/problem.ts'
import type { RouteContext } from '../route-context.ts'
import { serviceNamed } from '../service-named.ts'

interface CommandRequest {
  Params: { name: string; command: Command }
  Body: { force?: boolean } | null | undefined
}

/** Start, stop and restart one service; shut the pod down. Answers when it is true, or can no longer become true. */
export function controlRoutes(app: FastifyInstance, { options, stop, log }: RouteContext): void {
  const { pod } = options
  app.post<CommandRequest>(
    '/services/:name/:command',
    { config: { access: 'change', activity: true }, schema: commandSchema },
    async ({ params: { name, command }, body }, reply) => {
      serviceNamed(pod.status(), name)
      const done = pod.command(command, name, { force: body?.force ?? false })
      const result = await Promise.race([done, aborted(stop).then(() => undefined)])
      if (result === undefined) throw goingDown(name, command)
      return reply.code(result.ok ? 200 : 409).send(result satisfies CommandResult)
    },
  )
  app.post('/shutdown', { config: { access: 'change' }, schema: shutdownSchema }, (_request, reply) => {
    log.info('shutdown asked for')
    pod.shutdown('asked for by POST /shutdown')
    return reply.code(202).send({ ok: true, message: 'podmate is shutting down' })
  })
}

// A command may end http itself: its own answer must not wait for that.
function goingDown(name: string, command: Command) {
  const detail = `http is going down while "${command} ${name}" is under way; ask /status again`
  return problem(503, detail, { retryAfterSeconds: 1, extra: { pending: true } })
}

const resultSchema = {
  type: 'object',
  required: ['ok', 'message'],
  properties: { ok: { type: 'boolean' }, message: { type: 'string' } },
}

const commandSchema = {
  summary: 'Start, stop or restart one service',
  tags: ['control'],
  params: {
    type: 'object',
    required: ['name', 'command'],
    properties: { name: { type: 'string' }, command: { type: 'string', enum: ['start', 'stop', 'restart'] } },
  },
  body: {
    type: ['object', 'null'],
    additionalProperties: false,
    properties: { force: { type: 'boolean', description: 'Also what would lock you out' } },
  },
  response: {
    200: { description: 'It is so', ...resultSchema },
    409: { description: 'It is not so, and the message says what is', ...resultSchema },
  },
}

const shutdownSchema = {
  summary: 'End the whole pod in order',
  tags: ['control'],
  body: { type: ['object', 'null'], additionalProperties: false, properties: {} },
  response: { 202: { description: 'It has begun', ...resultSchema } },
}
