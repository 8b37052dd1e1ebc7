import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

/** What is wrong with a request or an answer by the OpenAPI document; undefined when it is right. */
export interface Contract {
  request(method: string, path: string, body: unknown): string | undefined
  answer(method: string, path: string, status: number, body: unknown): string | undefined
}

interface Validate {
  (value: unknown): boolean
  errors?: readonly { readonly instancePath: string; readonly message?: string }[] | null
}

interface Operation {
  readonly pattern: RegExp
  readonly path: string
  readonly method: string
  readonly responses: Readonly<Record<string, unknown>>
}

/** The document, when it lies beside the repository or where PODMATE_RUNPOD_OPENAPI says. */
export function openapiPath(): string | undefined {
  const { PODMATE_RUNPOD_OPENAPI } = process.env
  const path = PODMATE_RUNPOD_OPENAPI ?? resolve('../shared/reference/runpod-openapi-v2.json')
  return existsSync(path) ? path : undefined
}

let known: Contract | undefined

/** The contract of the document at hand; read once. */
export function contractAtHand(): Contract | undefined {
  const path = openapiPath()
  if (path !== undefined) known ??= contractOf(JSON.parse(readFileSync(path, 'utf8')))
  return known
}

/** The contract of an OpenAPI 3.1 document. */
export function contractOf(document: { readonly paths: object; readonly components?: object }): Contract {
  const validator = compiler(document)
  const operations = operationsOf(document)
  const find = (method: string, path: string) =>
    operations.find((one) => one.method === method.toLowerCase() && one.pattern.test(path))
  return {
    request(method, path, body) {
      const operation = find(method, path)
      if (!operation) return `${method} ${path} is no operation`
      if (body === undefined) return undefined
      return validator([...at(operation), 'requestBody', 'content', 'application/json', 'schema'], body)
    },
    answer(method, path, status, body) {
      const operation = find(method, path)
      if (!operation) return `${method} ${path} is no operation`
      const code = String(status) in operation.responses ? String(status) : 'default'
      if (status === 204) return body === undefined ? undefined : 'a 204 with a body'
      const kind = status < 300 ? 'application/json' : 'application/problem+json'
      return validator([...at(operation), 'responses', code, 'content', kind, 'schema'], body)
    },
  }
}

function at({ path, method }: Operation): readonly string[] {
  return ['paths', path, method]
}

function operationsOf({ paths }: { readonly paths: object }): readonly Operation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(Object(item)).flatMap(([method, operation]) => {
      const { responses } = Object(operation)
      return responses === undefined ? [] : [{ path, method, responses, pattern: patternOf(path) }]
    }),
  )
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`)
}

/** Validates a value against the schema at a place of the document; a place that is a reference is followed. */
function compiler(document: object): (place: readonly string[], value: unknown) => string | undefined {
  const require = createRequire(import.meta.url)
  // fastify's own Ajv, in the dialect of OpenAPI 3.1.
  const { Ajv2020 } = createRequire(require.resolve('@fastify/ajv-compiler'))('ajv/dist/2020')
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })
  ajv.addSchema(document, 'api')
  const compiled = new Map<string, Validate>()
  return (place, value) => {
    const pointer = pointerTo(document, place)
    const validate: Validate = compiled.get(pointer) ?? ajv.compile({ $ref: `api#${pointer}` })
    compiled.set(pointer, validate)
    if (validate(value)) return undefined
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`).join('; ')
  }
}

/** The JSON pointer of a place, over references on the way. */
function pointerTo(document: object, place: readonly string[]): string {
  let value: unknown = document
  let pointer = ''
  for (const step of place) {
    const { $ref } = Object(value)
    if (typeof $ref === 'string') {
      pointer = $ref.slice(1)
      value = $ref
        .slice(2)
        .split('/')
        .reduce((from: unknown, name) => Object(from)[name], document)
    }
    pointer += `/${encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))}`
    value = Object(value)[step]
    if (value === undefined) throw new Error(`The document has nothing at ${place.join(' ')}`)
  }
  return pointer
}
