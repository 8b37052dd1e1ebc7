import type { JsonObject, JsonValue } from '../../../supervisor/service.ts'
import { nearestName } from './nearest-name.ts'

/** One error of Ajv, made with `verbose: true`. */
export interface SchemaError {
  readonly keyword: string
  readonly instancePath: string
  readonly schemaPath?: string
  readonly params: Readonly<Record<string, unknown>>
  readonly message?: string
  readonly data?: unknown
  readonly parentSchema?: { readonly title?: string; readonly properties?: object }
}

const partNames: Readonly<Record<string, string>> = {
  body: 'the body',
  querystring: 'the query',
  params: 'the path',
  headers: 'the headers',
}
const shownErrors = 5

/** Says in words what is wrong with a request: which field, what it is, what it must be. Pure. */
export function schemaSentence(errors: readonly SchemaError[], part: string): string {
  const where = partNames[part] ?? part
  const sentences = [...new Set(withoutBranches(errors).map((error) => sentence(error, where)))]
  const more = sentences.length - shownErrors
  return sentences.slice(0, shownErrors).join('; ') + (more > 0 ? `; and ${more} more` : '')
}

// Where one of several forms is wanted and the schema names them, what each form lacks is beside the point.
function withoutBranches(errors: readonly SchemaError[]): readonly SchemaError[] {
  const named = errors.filter(({ keyword, parentSchema }) => keyword === 'anyOf' && parentSchema?.title)
  return errors.filter(
    (error) =>
      !named.some(
        ({ schemaPath, instancePath }) =>
          error.schemaPath?.startsWith(`${schemaPath}/`) && error.instancePath.startsWith(instancePath),
      ),
  )
}

function sentence(error: SchemaError, where: string): string {
  const name = fieldName(error.instancePath)
  const subject = name === '' ? where : `"${name}"`
  const { params } = error
  switch (error.keyword) {
    case 'required':
      return `${subject} lacks "${String(params.missingProperty)}"`
    case 'additionalProperties':
      return unknownField(String(params.additionalProperty), subject, error)
    case 'type':
      return `${subject} must be ${error.parentSchema?.title ?? typeNames(params.type)}, not ${typeOf(error.data)}`
    case 'enum':
      return `${subject} must be one of ${list(params.allowedValues)}, not ${shown(error.data)}`
    case 'anyOf':
      return `${subject} ${requirement(error)}`
    default:
      return `${subject} ${requirement(error)} (it is ${shown(error.data)})`
  }
}

function requirement(error: SchemaError): string {
  const { title } = error.parentSchema ?? {}
  return title === undefined ? (error.message ?? 'is not valid') : `must be ${title}`
}

function unknownField(field: string, subject: string, error: SchemaError): string {
  const known = Object.keys(error.parentSchema?.properties ?? {})
  const near = nearestName(field, known)
  const remedy = near === undefined ? `known are ${known.join(', ') || 'none'}` : `did you mean "${near}"?`
  return `unknown field "${field.slice(0, 64)}" in ${subject}: ${remedy}`
}

// `/context/3` → `context[3]`, with the escapes of a JSON pointer undone.
function fieldName(pointer: string): string {
  const parts = pointer.split('/').slice(1)
  const names = parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  return names.reduce((path, name) => {
    if (/^\d+$/.test(name)) return `${path}[${name}]`
    return path === '' ? name : `${path}.${name}`
  }, '')
}

const articles: Readonly<Record<string, string>> = {
  array: 'an array',
  object: 'an object',
  integer: 'a whole number',
  number: 'a number',
  string: 'a string',
  boolean: 'true or false',
  null: 'null',
}

function typeNames(types: unknown): string {
  const names = Array.isArray(types) ? types.map(String) : [String(types)]
  return names.map((name) => articles[name] ?? name).join(' or ')
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'number') return `the number ${value}`
  if (typeof value === 'boolean') return String(value)
  return articles[typeof value] ?? typeof value
}

function list(values: unknown): string {
  return Array.isArray(values) ? values.map(String).join(', ') : String(values)
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = String(JSON.stringify(value)) // undefined has no JSON
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

/** The same errors for programs: which field, what is wrong with it. */
export function schemaProblems(errors: readonly SchemaError[], part: string): JsonObject {
  const fields = withoutBranches(errors)
    .slice(0, 20)
    .map((error): JsonValue => {
      return {
        in: part,
        field: fieldName(error.instancePath),
        problem: sentence(error, partNames[part] ?? part),
      }
    })
  return { errors: fields }
}
