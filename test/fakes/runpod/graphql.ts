import { z } from 'zod'
import { addPod } from './account.ts'
import type { Answer, Call } from './call.ts'
import { type Field, parseGraphql, type Question } from './graphql-parse.ts'
import { graphqlPod } from './graphql-pod.ts'
import { type Asked, resolvers } from './graphql-resolvers.ts'
import { GraphqlInvalid, GraphqlRefusal } from './refusal.ts'
import type { RouteName } from './routes.ts'
import { usualTraps } from './traps.ts'

const questionBody = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
})
const named: readonly RouteName[] = ['podStop', 'podTerminate', 'podResume', 'pod', 'myself']

/** What a request asks for, for the log and for faults. */
export function graphqlRoute(body: unknown): RouteName {
  try {
    const first = questionIn(body).fields[0]?.name
    return named.find((name) => name === first) ?? 'graphql'
  } catch {
    return 'graphql'
  }
}

/** Answers a question: errors of its fields with 200, a question that is none with 400. */
export function answerGraphql(call: Call): Answer {
  if (call.caller.type === 'unknown') return { status: 401, text: 'Unauthorized' }
  try {
    const question = questionIn(call.body)
    checkTypes(question, call.account.traps.renamesInputs)
    checkSelections(question)
    return { status: 200, json: run(question, call) }
  } catch (error) {
    if (!(error instanceof GraphqlInvalid)) throw error
    const extensions = { code: 'GRAPHQL_VALIDATION_FAILED' }
    return { status: 400, json: { errors: [{ message: error.message, extensions }] } }
  }
}

function questionIn(body: unknown): Question {
  const parsed = questionBody.safeParse(body)
  if (!parsed.success)
    throw new GraphqlInvalid('POST body missing, invalid Content-Type, or JSON object has no keys.')
  return parseGraphql(parsed.data.query, parsed.data.variables ?? {})
}

/** Variables must have the type that the field takes. */
function checkTypes({ declares, fields }: Question, renamed: boolean): void {
  const known = new Set(['String', 'Int', 'Float', 'Boolean', 'ID'])
  for (const { name } of fields) {
    const input = resolvers[name]?.input
    if (input !== undefined) known.add(renamed ? `${input}V2` : input)
  }
  for (const type of declares.values()) {
    const bare = type.replace(/[![\]]|=.*/g, '')
    if (!known.has(bare)) throw new GraphqlInvalid(`Unknown type "${bare}".`)
  }
}

const traps = { ...usualTraps }
const anyPod = addPod({ pods: new Map(), traps, creditUsd: undefined, nowMs: () => 0 })

/** What is wrong with a question is found before anything is done. */
function checkSelections({ fields }: Question): void {
  for (const field of fields) {
    if (podFields.includes(field.name)) picked(graphqlPod(anyPod, traps, 0), field)
  }
}

const podFields = ['pod', 'podStop', 'podResume', 'podFindAndDeployOnDemand']

function run({ type, fields }: Question, call: Call): object {
  const errors: object[] = []
  const data: Record<string, unknown> = {}
  for (const field of fields) {
    const root = type === 'query' ? 'Query' : 'Mutation'
    const resolver = resolvers[field.name]
    if (!resolver) throw new GraphqlInvalid(`Cannot query field "${field.name}" on type "${root}".`)
    try {
      const asked: Asked = { account: call.account, caller: call.caller, args: field.args }
      data[field.as] = picked(resolver.resolve(asked), field)
    } catch (error) {
      if (!(error instanceof GraphqlRefusal)) throw error
      data[field.as] = null
      errors.push({ message: error.message, path: [field.as], extensions: { code: 'RUNPOD' } })
    }
  }
  return errors.length === 0 ? { data } : { errors, data }
}

/** Of a value only the fields that were asked for. */
function picked(value: unknown, { name, fields }: Field): unknown {
  if (Array.isArray(value)) return value.map((one) => picked(one, { name, as: name, args: {}, fields }))
  if (typeof value !== 'object' || value === null) return value
  if (fields.length === 0) throw new GraphqlInvalid(`Field "${name}" must have a selection of subfields.`)
  const found = new Map(Object.entries(value))
  return Object.fromEntries(
    fields.map((field) => {
      if (!found.has(field.name)) {
        throw new GraphqlInvalid(`Cannot query field "${field.name}" on type "${name}".`)
      }
      return [field.as, picked(found.get(field.name), field)]
    }),
  )
}
