import { createRequire } from 'node:module'
import type { FastifyServerOptions } from 'fastify'
import { isSmall } from './is-small.ts'

const require = createRequire(import.meta.url)

type Builders = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>
type Validate = ((data: unknown) => unknown) & { errors?: unknown }
type Compile = (route: { readonly schema: unknown }) => Validate
type BuildCompiler = (schemas: unknown, options: { readonly customOptions: object }) => Compile

/**
 * How requests are checked: nothing is bent to fit or silently dropped, and every error is told with what it is about.
 * The schemas themselves are checked by tests, not at each start.
 */
export const validationOptions = {
  coerceTypes: false,
  removeAdditional: false,
  allErrors: true,
  verbose: true,
  validateSchema: false,
} as const

const lazyCompiler: BuildCompiler = (schemas, options) => {
  let compile: Compile | undefined
  return (route) => {
    let validate: Validate | undefined
    const check: Validate = (data) => {
      compile ??= boundedCompiler(schemas, options)
      validate ??= compile(route)
      const fits = validate(data)
      check.errors = validate.errors
      return fits
    }
    return check
  }
}

/** fastify's own validators, loaded and made by the first request that needs them: a start does not wait for them. */
export const lazyValidators = lazyCompiler as unknown as NonNullable<Builders['buildValidator']> // typed as Ajv's, of which fastify uses just this

// A megabyte of wrong numbers has half a million errors, which take seconds and half a gigabyte to collect: all errors
// are told of small data only, of large data the first.
const boundedCompiler: BuildCompiler = (schemas, options) => {
  const newCompiler = (require('@fastify/ajv-compiler') as () => BuildCompiler)() // its documented export
  const compileAll = newCompiler(schemas, options)
  const first = { ...options.customOptions, allErrors: false }
  const compileFirst = newCompiler(schemas, { ...options, customOptions: first })
  return (route) => {
    const untilFirst = compileFirst(route)
    let untilLast: Validate | undefined
    const check: Validate = (data) => {
      if (untilFirst(data) === true) return true
      check.errors = untilFirst.errors
      if (!isSmall(data)) return false
      untilLast ??= compileAll(route)
      untilLast(data)
      check.errors = untilLast.errors
      return false
    }
    return check
  }
}

/** Answers go out as they are: schemas describe them and tests hold them to it, nothing is cut or bent to fit. */
export const plainAnswers: NonNullable<Builders['buildSerializer']> = () => () => (data) =>
  JSON.stringify(data)
