import { nearestName } from '../../services/http/errors/nearest-name.ts'
import { contradictions } from './contradictions.ts'
import { fields, type TrainingConfig } from './training-config.ts'

/** A configuration cannot be used; each problem begins with the field that it is about. */
export class ConfigError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/** Checks a configuration and fills its defaults in. Throws a ConfigError. Pure. */
export function readConfig(given: unknown): TrainingConfig {
  const { success, data, error } = fields.safeParse(given)
  if (!success) throw new ConfigError(error.issues.flatMap(problemsOf))
  const problems = contradictions(data)
  if (problems.length > 0) throw new ConfigError(problems)
  return data
}

type Issue = NonNullable<ReturnType<typeof fields.safeParse>['error']>['issues'][number]

function problemsOf(issue: Issue): readonly string[] {
  const where = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
  const field = where.join('').replace(/^\./, '')
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(
      (key) => `${field === '' ? '' : `${field}.`}${key}: there is no such field${meant(key)}`,
    )
  const what = issue.message.replace(/^Invalid (input|option): /, '')
  return [
    `${field || 'the configuration'}: ${what.endsWith('received undefined') ? 'it must be given' : what}`,
  ]
}

function meant(key: string): string {
  const near = nearestName(key, Object.keys(fields.shape))
  return near === undefined ? '' : `; did you mean ${near}?`
}
