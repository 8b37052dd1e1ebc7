/** An error that http answers with this status; the message is for the client. */
export class JobProblem extends Error {
  readonly statusCode: number
  readonly title: string
  readonly retryAfterSeconds?: number

  constructor(statusCode: number, title: string, message: string, retryAfterSeconds?: number) {
    super(message)
    this.statusCode = statusCode
    this.title = title
    if (retryAfterSeconds !== undefined) this.retryAfterSeconds = retryAfterSeconds
  }
}

/** 401: wrong token and unknown job look the same, so that nobody learns which jobs there are. */
export function notYours(): JobProblem {
  return new JobProblem(
    401,
    'Unauthorized',
    'the job and the token do not belong together: send `Authorization: Bearer` with the JOB_TOKEN of this JOB_ID',
  )
}

export function noSuchJob(id: string): JobProblem {
  return new JobProblem(
    404,
    'There is no such job',
    `there is no job ${id.slice(0, 100)}: GET /api/training/jobs lists them`,
  )
}

/** 422: something in the body has the wrong type. */
export function unfit(message: string): JobProblem {
  return new JobProblem(422, 'The request does not fit the schema', message)
}
