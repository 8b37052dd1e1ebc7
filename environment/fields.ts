import { resolve } from 'node:path'
import { z } from 'zod'

/** What is told about a variable, in env.example, the README, `podctl check` and error messages. */
export interface About {
  /** What it does, in a sentence or two. */
  readonly does: string
  /** What a value must be: completes the sentence `NAME must be ...`. Absent where any text will do. */
  readonly must?: string
  /** The default as a user would write it. */
  readonly default?: string
  /** What being unset means, for a variable without a default of its own. */
  readonly unset?: string
  /** `url`: its password, and the keys in its path, are secrets on their own as well. */
  readonly secret?: 'value' | 'url'
  /** Being unset opens nothing and loses nothing: a secret that RunPod does not have may count as that. */
  readonly safeUnset?: true
}

type Told = Omit<About, 'must' | 'default'>

/** The one place where a field's `About` is kept; asked by whatever prints variables. */
export const about = z.registry<About>()

const text = z.string().trim()
const path = text.transform((value) => resolve(value))
const listOf = (separator: RegExp) =>
  text.transform((value) => value.split(separator).filter((part) => part !== ''))

const flagWords = z.stringbool({ truthy: ['1', 'true', 'yes', 'on'], falsy: ['0', 'false', 'no', 'off'] })

/** A switch: true or false. */
export const flag = (byDefault: string, told: Told) =>
  text
    .pipe(flagWords)
    .prefault(byDefault)
    .register(about, {
      must: '1, true, yes or on, or 0, false, no or off',
      default: byDefault,
      ...told,
    })

/** A switch that podmate may decide by itself: true, false or `auto`. */
export const autoFlag = (told: Told, byDefault: 'auto' | '0' = 'auto') =>
  text
    .toLowerCase()
    .pipe(z.union([z.literal('auto'), flagWords]))
    .prefault(byDefault)
    .register(about, { must: 'auto, or 1/true/yes/on, or 0/false/no/off', default: byDefault, ...told })

/** A whole number within bounds, both included. */
export const whole = (byDefault: number, [least, most]: readonly [number, number], told: Told) =>
  text
    .regex(/^\d+$/)
    .transform(Number)
    .pipe(z.number().min(least).max(most))
    .prefault(String(byDefault))
    .register(about, {
      must: `a whole number from ${least} to ${most}`,
      default: String(byDefault),
      ...told,
    })

/** A whole number within bounds, both included; undefined when unset. */
export const optionalWhole = ([least, most]: readonly [number, number], told: Told) =>
  text
    .regex(/^\d+$/)
    .transform(Number)
    .pipe(z.number().min(least).max(most))
    .optional()
    .register(about, { must: `a whole number from ${least} to ${most}`, ...told })

/** US dollars, more than none, as people write them: `10`, `0.69`, `$10`; undefined when unset. */
export const optionalDollars = (told: Told) =>
  text
    .regex(/^\$? ?\d{1,9}(\.\d{1,9})? ?(\$|usd)?$/i)
    .transform((value) => Number(value.replace(/[^\d.]/g, '')))
    .pipe(z.number().positive())
    .optional()
    .register(about, { must: 'an amount of US dollars above 0, such as 10 or 0.69', ...told })

/** One of a few words. */
export const oneOf = <const Words extends readonly [string, ...string[]]>(
  words: Words,
  byDefault: Words[number],
  told: Told,
) =>
  text
    .toLowerCase()
    .pipe(z.enum(words))
    .prefault(byDefault)
    .register(about, { must: `one of ${words.join(', ')}`, default: byDefault, ...told })

/** A text of a certain form. */
export const matching = (form: RegExp, byDefault: string, must: string, told: Told) =>
  text
    .regex(form)
    .prefault(byDefault)
    .register(about, { must, default: byDefault, ...told })

/** A text of a certain form; undefined when unset. */
export const optionalMatching = (form: RegExp, must: string, told: Told) =>
  text
    .regex(form)
    .optional()
    .register(about, { must, ...told })

/** Any text; undefined when unset. */
export const optionalText = (told: Told) => text.optional().register(about, told)

/** An absolute path, made from what is relative to the current folder. */
export const folder = (byDefault: string, told: Told) =>
  path.prefault(byDefault).register(about, { default: byDefault, ...told })

/** An absolute path; undefined when unset. */
export const optionalPath = (told: Told) => path.optional().register(about, told)

/** Absolute paths; undefined when unset. */
export const optionalPaths = (told: Told) =>
  listOf(/\s*,\s*/)
    .transform((paths) => paths.map((one) => resolve(one)))
    .optional()
    .register(about, told)

/** Texts with commas between them, at least one. */
export const texts = (byDefault: string, told: Told) =>
  listOf(/\s*,\s*/)
    .pipe(z.array(z.string()).min(1))
    .prefault(byDefault)
    .register(about, { must: 'a list with commas between its parts', default: byDefault, ...told })

/** Texts with commas between them; none by default. */
export const optionalTexts = (told: Told) =>
  listOf(/\s*,\s*/)
    .prefault('')
    .register(about, told)

/** Names of environment variables; none by default. */
export const variableNames = (told: Told) =>
  listOf(/[\s,]+/)
    .pipe(z.array(z.string().regex(/^[A-Za-z_]\w*$/)))
    .prefault('')
    .register(about, { must: 'names of environment variables with commas between them', ...told })

/** Numbers of TCP ports; undefined when unset. */
export const optionalPorts = (told: Told) =>
  listOf(/[\s,]+/)
    .transform((parts) => parts.map(Number))
    .pipe(z.array(z.number().int().min(1).max(65_535)).min(1))
    .optional()
    .register(about, { must: 'numbers of ports from 1 to 65535 with commas between them', ...told })

/** A path, or the word `latest`. */
export const latestOrPath = (told: Told) =>
  text
    .transform((value) => (value === 'latest' ? value : resolve(value)))
    .prefault('latest')
    .register(about, { default: 'latest', ...told })

/** Where nothing that must be kept is allowed to be guessed: visible ASCII, 8 characters or more. */
export const optionalSecret = (told: Told) =>
  z
    .string()
    .regex(/^[\x21-\x7e]{8,}$/)
    .optional()
    .register(about, { must: '8 or more visible ASCII characters without spaces', secret: 'value', ...told })

/** An http or https address whose password and path keys are secrets. */
export const optionalSecretUrl = (told: Told) =>
  text
    .pipe(z.url({ protocol: /^https?$/ }))
    .optional()
    .register(about, { must: 'an address that begins with http:// or https://', secret: 'url', ...told })
