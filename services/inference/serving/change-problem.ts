import { ProgramEnded } from '../../../supervisor/ending.ts'
import { LoadRefused } from '../hosts/model-host.ts'
import { RequestProblem, unavailable } from '../request-problem.ts'

/** Why a wished model is not served, as an answer: 400 for a path that may not be named, else 422 with the reason. */
export function changeProblem(error: unknown, stop: AbortSignal): Error {
  if (error instanceof RequestProblem) return error
  if (stop.aborted) return unavailable('Inference is being stopped.')
  if (error instanceof LoadRefused) {
    const outside = error.rejected.some((one) => one.outside)
    return new RequestProblem(outside ? 400 : 422, outside ? 'Bad Request' : 'Model refused', error.message)
  }
  const reason = error instanceof Error ? error.message : String(error)
  const words = error instanceof ProgramEnded ? `the model host ended while it loaded it (${reason})` : reason
  return new RequestProblem(422, 'Model refused', `It cannot be served: ${words}.`)
}

/** There is nothing to go back to. */
export function nothingBefore(): RequestProblem {
  return new RequestProblem(409, 'Conflict', 'No other model was served before this one.')
}
