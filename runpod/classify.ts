import type { ProblemName } from './problem-texts.ts'
import type { Refusal } from './refusal.ts'

// RunPod has no error codes: only its words tell a full data centre from a wrong request, and GraphQL says all with 200.
const capacity =
  /no longer any instances|no instances currently available|could not find any pods with required|not have the resources to deploy|not enough free gpus|no (machines|capacity|hosts|gpus|instances) available|insufficient (capacity|resources)|out of stock|sold out/i
const passing = /something went wrong|please try again later|contact support|internal server error/i
const missing = /\bpod (was )?not found|\bno such pod|\bpod does not exist|nonexistent/i
const rights = /unauthori[sz]ed|unauthenticated|not authori[sz]ed|forbidden|access denied|permission denied/i
const wrongState = /already (been )?(stopped|exited|terminated|running)|is not running|is locked/i
const rate = /rate limit|too many requests/i
const retired = /\bretired\b|no longer supported|has been removed/i

const byText: readonly (readonly [RegExp, ProblemName])[] = [
  [capacity, 'capacity'],
  [missing, 'gone'],
  [rights, 'rights'],
  [wrongState, 'conflict'],
  [rate, 'rate'],
  [retired, 'retired'],
  [passing, 'transient'],
]

const byStatus: Readonly<Record<number, ProblemName>> = {
  401: 'key',
  402: 'balance',
  408: 'transient',
  409: 'conflict',
  410: 'retired',
  425: 'transient',
  429: 'rate',
}

/** Which of the problems an answer is. Pure. */
export function problemNameOf({ status, says, isOfApi }: Refusal): ProblemName {
  const clear = byStatus[status]
  if (clear) return clear
  if (status >= 300 && status < 400) return 'redirect'
  if (status === 403) return isOfApi ? 'rights' : 'edge'
  if (status === 404) return isAboutPod(says, isOfApi) ? 'gone' : 'foreign'
  if (status >= 500) return capacity.test(says) ? 'capacity' : 'transient'
  const told = byText.find(([words]) => words.test(says))
  if (told) return told[1]
  if (!isOfApi) return 'foreign'
  return 'validation'
}

/** Whether a 404 is about the pod: that of a proxy, or of a wrong address, must not pass for a pod that is gone. */
function isAboutPod(says: string, isOfApi: boolean): boolean {
  if (missing.test(says) || says === '') return true
  return isOfApi && !/\broute\b|\bcannot (get|post)\b|\bpage\b/i.test(says)
}
