import type { FastifyError } from 'fastify'
import { PodError } from '../../../supervisor/errors.ts'
import type { HttpProblem } from './problem.ts'
import { problem } from './problem.ts'
import type { SchemaError } from './schema-sentence.ts'
import { schemaProblems, schemaSentence } from './schema-sentence.ts'

const sentences: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'the body is longer than 1 MB',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'the body is not as long as its Content-Length says',
  FST_ERR_BAD_URL: 'the path of this request is not well-formed: a % must be followed by two hex digits',
}

/** What a client is told about an error; undefined when it is our fault and the client is told nothing of it. Pure. */
export function errorAnswer(error: Error): HttpProblem | undefined {
  if (error instanceof PodError) return podProblem(error)
  if (isSchemaFailure(error)) return schemaProblem(error)
  if (!isHttpProblem(error)) return undefined
  const code = 'code' in error ? String(error.code) : ''
  const sentence = sentences[code]
  if (sentence !== undefined) return problem(error.statusCode, sentence)
  // A status of 500 is an accident, also when a library has put the number there.
  return error.statusCode === 500 ? undefined : error
}

function podProblem(error: PodError): HttpProblem | undefined {
  if (error.code !== 'NOT_RUNNING' && error.code !== 'VOLUME_UNAVAILABLE') return undefined
  return problem(503, `${error.message}. ${error.remedy}`, {
    retryAfterSeconds: 1,
    extra: { code: error.code },
  })
}

function schemaProblem(error: SchemaFailure): HttpProblem {
  const errors = error.validation as unknown as readonly SchemaError[] // Ajv's own, which fastify's type narrows
  const part = error.validationContext ?? 'body'
  return problem(422, schemaSentence(errors, part), {
    title: 'The request does not fit the schema',
    extra: schemaProblems(errors, part),
  })
}

type SchemaFailure = FastifyError & Required<Pick<FastifyError, 'validation'>>

function isSchemaFailure(error: Error): error is SchemaFailure {
  return 'validation' in error && Array.isArray(error.validation)
}

function isHttpProblem(error: Error): error is HttpProblem {
  if (!('statusCode' in error) || typeof error.statusCode !== 'number') return false
  return error.statusCode >= 400 && error.statusCode <= 599
}
