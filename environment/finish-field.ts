import { z } from 'zod'
import {
  type FinishAction,
  type FinishPolicy,
  finishActions,
} from '../services/autostop/finish/finish-policy.ts'
import { type About, about } from './fields.ts'

const one = `(?:${finishActions.join('|')})`
const form = new RegExp(
  `^(?:${one}|success=${one}(?: *, *failure=${one})?|failure=${one}(?: *, *success=${one})?)$`,
)

/** What happens after training: a word for every end, or words for success and failure; what is not named is `keep`. */
export const finishField = (told: Pick<About, 'does'>) =>
  z
    .string()
    .trim()
    .toLowerCase()
    .regex(form)
    .transform(policyOf)
    .prefault('keep')
    .register(about, {
      must: `${finishActions.join(', ')}, or such a word for each end: success=stop,failure=keep`,
      default: 'keep',
      ...told,
    })

function policyOf(words: string): FinishPolicy {
  const both = wordOf(words)
  if (both) return { success: both, failure: both }
  const named = (end: string) => wordOf(new RegExp(`${end}=(\\w+)`).exec(words)?.[1]) ?? 'keep'
  return { success: named('success'), failure: named('failure') }
}

function wordOf(text: string | undefined): FinishAction | undefined {
  return finishActions.find((action) => action === text)
}
