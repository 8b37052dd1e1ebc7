/** An answer of REST v2 that is no success. */
export class Refusal extends Error {
  readonly status: number
  readonly errors: readonly string[] | undefined

  constructor(status: number, detail: string, errors?: readonly string[]) {
    super(detail)
    this.status = status
    this.errors = errors
  }
}

/** An error of GraphQL, which goes out with HTTP 200. */
export class GraphqlRefusal extends Error {}

/** A question that GraphQL does not understand. */
export class GraphqlInvalid extends Error {}
