import { z } from 'zod'
import {
  autoFlag,
  flag,
  matching,
  oneOf,
  optionalDollars,
  optionalMatching,
  optionalSecret,
  optionalTexts,
  optionalWhole,
  whole,
} from './fields.ts'
import { finishField } from './finish-field.ts'

const year = 31_536_000
const day = 86_400
/** A key must not travel in the open: http only inside this machine. */
const safeAddress = '(?:https://[^\\s/?#@]+|http://(?:localhost|127\\.0\\.0\\.1|\\[::1\\])(?::\\d+)?)'

const variables = z.object({
  START_IDLE_WATCHDOG: autoFlag({
    does: 'Stops the pod when nobody uses it; `auto` does in a pod of RunPod (RUNPOD_POD_ID is set). 0 switches that off alone: BUDGET_USD, MAX_LIFETIME_SECONDS and TRAIN_ON_FINISH hold all the same.',
  }),
  IDLE_TIMEOUT_SECONDS: whole(3600, [1, year], {
    does: 'How long nobody must have used the pod before it stops.',
  }),
  IDLE_CHECK_INTERVAL_SECONDS: optionalWhole([1, day], {
    does: 'Seconds between two looks at who uses the pod.',
    unset: '60, or IDLE_TIMEOUT_SECONDS when that is less',
  }),
  IDLE_COUNTDOWN_SECONDS: optionalWhole([1, day], {
    does: 'How long before a stop everybody is warned; whoever uses the pod then, or says `podctl hold`, keeps it.',
    unset: '60, or half of IDLE_TIMEOUT_SECONDS when that is less',
  }),
  IDLE_GPU_UTIL_THRESHOLD: whole(10, [1, 100], {
    does: 'From how many percent on a GPU is at work; one busy GPU of several is enough.',
  }),
  IDLE_GPU_MEM_MB_THRESHOLD: whole(0, [0, 10_000_000], {
    does: 'From how many megabytes of GPU memory on a pod counts as used; 0 is never. A trap: a model that was loaded keeps its memory and would keep an idle pod for ever, the one that podmate serves too.',
  }),
  IDLE_ACTIVE_PROCESS_PATTERNS: optionalTexts({
    does: 'Programs of yours that are work while they run, such as `rsync,prepare_*.py`, with commas between them; `*` is any text. What podmate starts by itself never counts.',
    unset: 'none',
  }),
  AUTOSTOP_ACTION: oneOf(['runpod_api', 'exit', 'none'], 'runpod_api', {
    does: 'How the pod stops: by the API of RunPod; by the end of podmate (exit), which ends no bill, because RunPod starts an ended container again; or not at all (none), which only says what it would do.',
  }),
  AUTOSTOP_VERB: oneOf(['stop', 'terminate'], 'stop', {
    does: 'stop keeps the volume disk of the pod; terminate deletes the pod with it, and is refused while artifacts are not uploaded.',
  }),
  AUTOSTOP_TERMINATE_UNSYNCED: flag('0', {
    does: 'Terminates even when artifacts are not uploaded, which loses them.',
  }),
  UNKNOWN_GRACE_SECONDS: whole(1800, [0, day], {
    does: 'How long what cannot be read (a GPU that does not answer) keeps the pod; then the others decide.',
  }),
  BUDGET_USD: optionalDollars({
    does: 'What this pod may cost in all its lifetime; then it saves and stops, used or not.',
    unset: 'no budget',
  }),
  POD_COST_PER_HR: optionalDollars({
    does: 'What an hour of this pod costs in US dollars, storage included.',
    unset: 'RunPod is asked',
  }),
  MAX_LIFETIME_SECONDS: optionalWhole([1, year], {
    does: 'How long a start of this pod may last; then it saves and stops, used or held or not.',
    unset: 'no limit',
  }),
  TRAIN_ON_FINISH: finishField({
    does: 'What happens when training ends: keep goes on; sync uploads what is left; stop and terminate do that, and then end the pod. The part of success and failure that is not named is keep.',
  }),
  TRAIN_HOLD_SECONDS: whole(0, [0, year], {
    does: 'How long the pod is kept after training before TRAIN_ON_FINISH ends it, for you to look at the results.',
  }),
  TRAIN_STOP_GRACE_SECONDS: whole(60, [1, 3600], {
    does: 'How long a trainer may take to write its last checkpoint when the pod stops itself.',
  }),
  RUNPOD_API_KEY: optionalSecret({
    does: "The key that RunPod is asked with to stop the pod. RunPod sets it to a key of the pod's own; programs of yours see it only when you list it for them.",
    unset: 'the pod cannot stop itself by the API',
  }),
  RUNPOD_REST_URL: matching(
    new RegExp(`^${safeAddress}(?:/[^\\s?#]*)?$`),
    'https://api.runpod.io',
    'an https address without user, password or query (http only for this machine)',
    { does: "Where RunPod's API is; `/v2/...` is appended." },
  ),
  RUNPOD_GRAPHQL_ENDPOINT: matching(
    new RegExp(`^${safeAddress}(?:/[^\\s?#]*)?(?:\\?[^\\s#]*)?$`),
    'https://api.runpod.io/graphql',
    'an https address without user or password (http only for this machine)',
    { does: 'Where its older API is, asked when the other one refuses; an `api_key` in it is not used.' },
  ),
  RUNPOD_STOP_MUTATION: optionalMatching(/\bmutation\b|^\s*\{/, 'a mutation of GraphQL', {
    does: 'The GraphQL text that stops the pod, should RunPod change theirs, with `{podId}` or a variable `$podId` in it.',
    unset: 'the texts that podmate knows',
  }),
})

type Given = z.output<typeof variables>

/** What stops the pod by itself: idleness, money, time, and the end of training. */
export const autostop = variables.superRefine(crossChecked).transform((given) => ({
  ...given,
  IDLE_CHECK_INTERVAL_SECONDS: given.IDLE_CHECK_INTERVAL_SECONDS ?? Math.min(60, given.IDLE_TIMEOUT_SECONDS),
  IDLE_COUNTDOWN_SECONDS:
    given.IDLE_COUNTDOWN_SECONDS ?? Math.min(60, Math.ceil(given.IDLE_TIMEOUT_SECONDS / 2)),
}))

function crossChecked(given: Given, ctx: z.core.$RefinementCtx<Given>): void {
  for (const [variable, message] of contradictions(given))
    ctx.addIssue({ code: 'custom', path: [variable], message: `${variable} ${message}` })
}

/** What is right by itself and cannot be meant together. */
function contradictions(given: Given): readonly (readonly [keyof Given, string])[] {
  const { IDLE_COUNTDOWN_SECONDS: countdown = 0, IDLE_TIMEOUT_SECONDS: timeout } = given
  const { AUTOSTOP_ACTION: action, AUTOSTOP_VERB: verb, TRAIN_ON_FINISH: finish } = given
  const byExit = 'only the API of RunPod can terminate: set AUTOSTOP_ACTION to runpod_api, or'
  const found: (readonly [keyof Given, string])[] = []
  if (countdown > timeout)
    found.push([
      'IDLE_COUNTDOWN_SECONDS',
      'is longer than IDLE_TIMEOUT_SECONDS; make it shorter, or the timeout longer',
    ])
  if (action === 'exit' && verb === 'terminate')
    found.push(['AUTOSTOP_VERB', `is terminate and AUTOSTOP_ACTION is exit; ${byExit} AUTOSTOP_VERB to stop`])
  if (action === 'exit' && Object.values(finish).includes('terminate'))
    found.push(['TRAIN_ON_FINISH', `names terminate and AUTOSTOP_ACTION is exit; ${byExit} name stop`])
  return found
}
