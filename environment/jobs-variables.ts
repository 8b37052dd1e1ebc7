import { z } from 'zod'
import { parseStopRules, stopRuleForm } from '../services/jobs/early-stop.ts'
import { about, optionalMatching, optionalPath, optionalSecret, whole } from './fields.ts'

const stopRules = z
  .string()
  .trim()
  .transform((text, check) => {
    const rules = parseStopRules(text)
    if (rules) return rules
    check.addIssue({ code: 'custom', message: stopRuleForm })
    return z.NEVER
  })
  .optional()
  .register(about, {
    does: 'Ends the trainer when a number that it reports breaks a rule; its job then has the reason `early stop: …`.',
    must: stopRuleForm,
    unset: 'it is never ended for its numbers',
  })

/** Training jobs, their metrics and their checkpoints. */
export const jobs = z.object({
  CHECKPOINT_DIR: optionalPath({
    does: 'The folder whose newest whole checkpoint the trainer is given as RESUME_CHECKPOINT: a `.ckpt` file or a `checkpoint-<step>` folder, else a `.pt`, `.pth` or `.safetensors` model.',
    unset: 'ARTIFACT_DIRS, in which models alone do not count',
  }),
  RESUME_CHECKPOINT: z.string().trim().prefault('auto').register(about, {
    does: 'What the trainer goes on from: `auto` finds it, `none` begins anew, and a path is passed on as it is.',
    default: 'auto',
  }),
  JOB_ID: optionalMatching(/^[\w.-]{1,100}$/, '1 to 100 letters, digits and _ . -', {
    does: 'The id of the training job, when a control plane has made it.',
    unset: 'podmate makes one',
  }),
  JOB_TOKEN: optionalSecret({
    does: 'The token that metrics of JOB_ID need.',
    safeUnset: true,
    unset: 'podmate makes one',
  }),
  METRICS_API_URL: optionalMatching(
    /^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/,
    'an http or https address without user, password or query',
    {
      does: 'A control plane that metrics of JOB_ID are forwarded to, at `METRICS_API_URL/JOB_ID/metrics`. The trainer itself reports to the pod, which keeps them until they are taken.',
      unset: 'metrics stay in the pod',
    },
  ),
  TRAIN_EARLY_STOP: stopRules,
  TRAIN_STALL_MINUTES: whole(10, [0, 10_080], {
    does: 'After how many minutes without a step a warning is given; 0 is never.',
  }),
})
