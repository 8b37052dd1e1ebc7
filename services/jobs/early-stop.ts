/** One condition on a number of a training, such as `loss > 10 after 100`. */
export interface StopRule {
  readonly text: string
  readonly name: string
  readonly operator: Operator
  readonly limit: number
  /** Steps up to this one are not judged. */
  readonly after: number
}

const compare = {
  '>': (value: number, limit: number) => value > limit,
  '>=': (value: number, limit: number) => value >= limit,
  '<': (value: number, limit: number) => value < limit,
  '<=': (value: number, limit: number) => value <= limit,
  'is nan': (value: number) => !Number.isFinite(value),
} as const
type Operator = keyof typeof compare

const form =
  /^(?<name>[A-Za-z_][\w./-]*)\s*(?:(?<operator>>=|<=|>|<)\s*(?<limit>[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)|(?<nan>is\s+nan))(?:\s+after\s+(?<after>\d{1,15}))?$/i

/** The form that TRAIN_EARLY_STOP has, in words. */
export const stopRuleForm =
  'conditions like `loss > 10 after 100` (name, one of > >= < <=, a number, and after which step) or `loss is nan`, with `;` between them'

/** Reads TRAIN_EARLY_STOP; undefined when it is not of that form. Pure. */
export function parseStopRules(text: string): readonly StopRule[] | undefined {
  const rules = text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseRule)
  return rules.length > 0 && rules.every((rule) => rule !== undefined) ? rules : undefined
}

function parseRule(text: string): StopRule | undefined {
  const found = form.exec(text)?.groups
  if (found?.name === undefined) return undefined
  const operator: Operator = found.nan === undefined ? (found.operator as Operator) : 'is nan' // the form allows no other
  const limit = Number(found.limit ?? 0)
  if (!Number.isFinite(limit)) return undefined
  return {
    text: text.replaceAll(/\s+/g, ' '),
    name: found.name,
    operator,
    limit,
    after: Number(found.after ?? 0),
  }
}

/** The first rule that a point breaks, in words (`loss > 10 after 100 (loss is 12.3 at step 140)`). Pure. */
export function brokenRule(
  rules: readonly StopRule[],
  step: number,
  numberOf: (name: string) => number | undefined,
): string | undefined {
  for (const rule of rules) {
    const value = numberOf(rule.name)
    if (value === undefined || step <= rule.after) continue
    if (compare[rule.operator](value, rule.limit)) {
      const shown = Number.isFinite(value) ? Number(value.toPrecision(6)) : 'not a number'
      return `${rule.text} (${rule.name} is ${shown} at step ${step})`
    }
  }
  return undefined
}
