import type { z } from 'zod'
import { problemNameOf } from './classify.ts'
import type { Answer } from './exchange.ts'
import type { RunpodProblem } from './problem.ts'
import { runpodProblem } from './problem-texts.ts'
import { type Refusal, refusalIn, short } from './refusal.ts'
import { askedDelayMs } from './retry-after.ts'

/** What an answer of REST v2 holds; an empty body is undefined. Throws the problem that it is otherwise. */
export function readRest<T>(answer: Answer, schema: z.ZodType<T>): T {
  return fitting(answer, successOf(answer), schema)
}

/** The `data` of an answer of GraphQL. */
export function readGraphql<T>(answer: Answer, schema: z.ZodType<T>): T {
  const { data }: { data?: unknown } = Object(successOf(answer))
  return fitting(answer, data, schema)
}

/** The JSON of a success. Errors are a failure whatever the status, and whatever else came with them. */
function successOf(answer: Answer): unknown {
  const { status, text } = answer
  if (status < 200 || status > 299) throw refused(answer, refusalIn(status, text))
  const value = jsonOf(answer)
  const { errors }: { errors?: unknown } = Object(value)
  const isClean = errors === undefined || errors === null || isEmptyList(errors)
  if (!isClean) throw refused(answer, refusalIn(status, text))
  return value
}

function refused({ status, headers }: Answer, refusal: Refusal): RunpodProblem {
  const name = problemNameOf(refusal)
  const retryAfterMs = askedDelayMs(headers, Date.now())
  const says = status === 200 ? `with an error: "${refusal.says}"` : `${status}: "${refusal.says}"`
  return runpodProblem(name, `RunPod answered ${says}`, { status, retryAfterMs })
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

function jsonOf({ status, text }: Answer): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    const { says } = refusalIn(status, text)
    throw runpodProblem('foreign', `The answer with status ${status} is no JSON: "${says}"`, { status })
  }
}

function fitting<T>({ status }: Answer, value: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const found = result.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
  throw runpodProblem('foreign', `The answer is not as expected: ${short(found.join('; '))}`, { status })
}
