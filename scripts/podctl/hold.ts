import type { AutostopAnswer } from './autostop-answer.ts'
import type { Call } from './call.ts'
import { detailOf } from './client.ts'
import { clockTime, comingTime } from './clock-time.ts'
import { duration } from './duration.ts'
import { exitCodes, PodctlError } from './exit-codes.ts'
import { harmless } from './terminal.ts'

const longestWhy = 200

/** Keeps the pod for the time that was typed; says what can end it earlier. */
export async function hold(call: Call): Promise<number> {
  const [time = ''] = call.positionals
  const seconds = duration(time)
  const why = whyTyped(call)
  return change(call, '/autostop/hold', { seconds, ...(why === '' ? {} : { why }) })
}

/** What --why says; empty without it. Throws where that is too long. */
export function whyTyped({ options }: Call): string {
  const why = options.why?.trim() ?? ''
  if (why.length <= longestWhy) return why
  throw new PodctlError(exitCodes.usage, `--why must have at most ${longestWhy} characters.`)
}

/** Ends the hold. */
export async function release(call: Call): Promise<number> {
  return change(call, '/autostop/release')
}

async function change({ terminal, connect }: Call, path: string, body?: object): Promise<number> {
  const answer = await (await connect()).request('POST', path, body)
  if (answer.status !== 200) {
    terminal.err(detailOf(answer))
    return exitCodes.notTrue
  }
  const now = answer.body as AutostopAnswer // both ends are of one version
  terminal.out(harmless(holdLine(now, Date.now())))
  for (const line of earlierEnds(now)) terminal.err(line)
  return exitCodes.true
}

/** Until when the pod is held, and what for. Pure. */
export function holdLine({ hold: held }: Pick<AutostopAnswer, 'hold'>, now: number): string {
  if (held === null) return 'Nothing holds the pod.'
  return `The pod is held until ${comingTime(held.until, now)}${held.why === '' ? '' : `: ${held.why}`}`
}

type Ends = Pick<AutostopAnswer, 'hold' | 'cost' | 'lifetime' | 'stop' | 'dry_run'>

/** What stops the pod before its hold is over. Pure. */
export function earlierEnds({ hold: held, cost, lifetime, stop, dry_run: dryRun }: Ends): readonly string[] {
  if (held === null || dryRun) return []
  const untilMs = held.until
  if (stop?.step === 'stop' || stop?.step === 'confirm')
    return ['RunPod was asked to stop the pod before that: only if it does not stop, this holds it.']
  const ends = [
    ['BUDGET_USD', cost?.budget_ends_at ?? null],
    ['MAX_LIFETIME_SECONDS', lifetime.ends_at],
  ] as const
  return ends.flatMap(([name, at]) =>
    at !== null && at < untilMs
      ? [`${name} stops it before that, at ${clockTime(at)}: no hold changes that.`]
      : [],
  )
}
