import { hubProblem, type ProblemName } from './problem-texts.ts'
import { RequestFailure } from './request-failure.ts'

/** What an error of any request comes to for the user, who was `doing` this. Problems and faults of our own stay as they are. */
export function problemOf(error: unknown, doing: string): unknown {
  if (error instanceof TypeError || error instanceof SyntaxError) {
    // The library reads answers as they come: a proxy in between may have given them.
    return hubProblem('later', `${doing} failed: the answer is not the Hub's (${error.message})`, {
      cause: error,
    })
  }
  if (!(error instanceof RequestFailure)) return error
  const { status, says, retryAfterMs } = error
  const answer = status === undefined ? says : `the Hub answered ${status}: ${quoted(says)}`
  return hubProblem(problemName(error), `${doing} failed: ${answer}`, { retryAfterMs })
}

/** Which of the problems a failed request is. Pure. */
export function problemName(failure: RequestFailure): ProblemName {
  const { status, says } = failure
  if (failure.isPassing) return 'later'
  // What was to be deleted is gone: the listing is old.
  if (failure.code === 'EntryNotFound') return 'conflict'
  const ofSpace = /storage|quota|limit (?:is )?(?:reached|exceeded)|out of space/i.test(says)
  switch (status) {
    case 401:
      return 'token'
    case 402:
    case 507:
      return 'quota'
    case 403:
      return ofSpace ? 'quota' : 'rights'
    case 404:
    case 410:
      return 'gone'
    case 412:
      return 'conflict'
    case 413:
      return 'tooLarge'
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
      return 'moved'
    default:
      return 'refused'
  }
}

function quoted(says: string): string {
  return `"${says.length > 300 ? `${says.slice(0, 300)}…` : says}"`
}
