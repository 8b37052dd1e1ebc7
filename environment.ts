import type { z } from 'zod'
import { asMeant, quotesText, type Unfilled, unfilledText } from './environment/as-meant.ts'
import type { Variables } from './environment/secrets.ts'
import { unknownVariables } from './environment/unknown-variables.ts'
import { variableNamed } from './environment/variable-table.ts'
import { type GroupName, groups } from './environment/variables.ts'

/** A value that cannot be used. `message` names the variable, what it must be and what to do; never the value. */
export interface Problem {
  readonly variable: string
  readonly group: GroupName
  readonly message: string
}

type Values = { readonly [Group in GroupName]: z.output<(typeof groups)[Group]> | undefined }

export interface Environment {
  /** What was given, for the programs of the user: podmate's own variables without what was pasted along with them. */
  readonly env: Variables
  /** By group: what its variables say, or undefined when one of them is a problem (sshd, autostop: what the others say). */
  readonly values: Values
  readonly problems: readonly Problem[]
  /** Names that look like a mistyped variable of podmate, and values that were taken otherwise than they stand there. */
  readonly warnings: readonly string[]
}

/**
 * Reads the variables of podmate, each group on its own. Blanks, line ends and quotes around a value are not part of it;
 * an empty one counts as unset. Never throws.
 */
export function readEnvironment(all: Variables): Environment {
  const { env, quoted, unfilled } = asMeant(all)
  const given = Object.fromEntries(Object.entries(env).filter(([, value = '']) => value !== ''))
  const problems: Problem[] = unfilled.flatMap(unfilledProblem)
  const wrongBefore = new Set(problems.map(({ group }) => group))
  const read = <Schema extends z.ZodType>(group: GroupName, schema: Schema): z.output<Schema> | undefined => {
    const result = schema.safeParse(given)
    if (!result.success) problems.push(...problemsOf(group, result.error))
    return result.success && !wrongBefore.has(group) ? result.data : undefined
  }
  const values: Values = {
    pod: read('pod', groups.pod),
    state: read('state', groups.state),
    http: read('http', groups.http),
    sshd: read('sshd', groups.sshd) ?? withoutWrong(given, problems),
    autostop: readLeniently(given, problems),
    inference: read('inference', groups.inference),
    bootstrap: read('bootstrap', groups.bootstrap),
    trainer: read('trainer', groups.trainer),
    jobs: read('jobs', groups.jobs),
    artifacts: read('artifacts', groups.artifacts),
    jupyter: read('jupyter', groups.jupyter),
    ports: read('ports', groups.ports),
    logs: read('logs', groups.logs),
    healthchecks: read('healthchecks', groups.healthchecks),
    platform: read('platform', groups.platform),
    tools: read('tools', groups.tools),
  }
  const warnings = [...unknownVariables(Object.keys(given)), ...unfilled.flatMap(unfilledWarning)]
  if (quoted.length > 0) warnings.push(quotesText(quoted))
  return { env, values, problems, warnings }
}

function unfilledProblem(one: Unfilled): readonly Problem[] {
  const { name, variable } = one
  if (variable === undefined || variable.safeUnset) return []
  return [{ variable: name, group: variable.group, message: unfilledText(one) }]
}

function unfilledWarning(one: Unfilled): readonly string[] {
  if (unfilledProblem(one).length > 0) return []
  return [one.variable ? `${unfilledText(one)} (until then it counts as unset)` : unfilledText(one)]
}

/** Nobody is to be locked out by a typing error: what is wrong counts as unset, and a wrong switch as `auto`. */
function withoutWrong(given: Variables, problems: readonly Problem[]): Values['sshd'] {
  const wrong = new Set(problems.map(({ variable }) => variable))
  const right = Object.entries(given).filter(([name]) => !wrong.has(name))
  return groups.sshd.parse({
    ...Object.fromEntries(right),
    ...(wrong.has('START_SSHD') ? { START_SSHD: 'auto' } : {}),
  })
}

/**
 * Nobody is to pay for a typing error: what is wrong counts as unset, and the rest holds. What contradicts something
 * else shows only once every value is right by itself, so it is read again until nothing is found.
 */
function readLeniently(given: Variables, problems: Problem[]): Values['autostop'] {
  const result = groups.autostop.safeParse(given)
  if (result.success) return result.data
  const found = problemsOf('autostop', result.error)
  problems.push(...found)
  const wrong = new Set(found.map(({ variable }) => variable))
  return readLeniently(
    Object.fromEntries(Object.entries(given).filter(([name]) => !wrong.has(name))),
    problems,
  )
}

/** Why the service of that group cannot run, for its `disabled`; undefined when its variables are in order. */
export function configurationProblem({ problems }: Environment, group: GroupName): string | undefined {
  const mine = problems.filter((problem) => problem.group === group)
  return mine.length === 0 ? undefined : `configuration: ${mine.map(({ message }) => message).join('; ')}`
}

/** All problems in one text, a line each, for the exit with 78. */
export function configurationMessage({ problems }: Environment): string {
  return ['The configuration cannot be used:', ...problems.map(({ message }) => `  ${message}`)].join('\n')
}

function problemsOf(group: GroupName, error: z.ZodError): readonly Problem[] {
  const messages = new Map<string, string>()
  for (const { path, code, message } of error.issues) {
    const variable = String(path[0])
    // Only a contradiction between variables has a text of its own.
    if (!messages.has(variable)) messages.set(variable, code === 'custom' ? message : remedyOf(variable))
  }
  return [...messages].map(([variable, message]) => ({ variable, group, message }))
}

function remedyOf(name: string): string {
  const { must = 'valid', default: byDefault, unset } = variableNamed(name) ?? {}
  const otherwise = byDefault ?? unset
  const remedy = otherwise === undefined ? 'or unset it' : `or unset it (then: ${otherwise})`
  return `${name} must be ${must}; correct it, ${remedy}`
}
