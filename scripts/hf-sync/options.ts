import { parseArgs } from 'node:util'

export interface SyncCall {
  readonly help: boolean
  readonly dryRun: boolean
  /** Infinity when none was given. */
  readonly deadlineMs: number
}

export const usage = `node scripts/hf-sync.ts [--dry-run] [--deadline SECONDS]

Uploads to HF_REPO_ID, once, what differs from it, and needs no running podmate. It goes by the same variables.
--dry-run lists what would go up, and changes nothing on the Hub.
--deadline gives up after so many seconds; what was uploaded is not sent again the next time.

Exit codes: 0 everything that can go up is on the Hub; 1 something is left; 2 wrong usage; 78 the configuration is wrong.`

/** What the user typed, or a sentence that says what is wrong with it. */
export function readCall(words: readonly string[]): SyncCall | string {
  const options = {
    'dry-run': { type: 'boolean', default: false },
    deadline: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  try {
    const { values } = parseArgs({ args: [...words], options })
    const { deadline, help } = values
    if (deadline !== undefined && !/^\d{1,6}$/.test(deadline))
      return `--deadline must be a whole number of seconds, not ${deadline}`
    const deadlineMs = deadline === undefined ? Number.POSITIVE_INFINITY : Number(deadline) * 1000
    return { help, dryRun: values['dry-run'], deadlineMs }
  } catch (error) {
    return error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)
  }
}
