/** An answer of the Hub other than 200: JSON with `error`, and the headers its clients look at. */
export class Refusal extends Error {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    message: string,
    { code, ...headers }: { readonly code?: string; readonly [header: string]: string | undefined } = {},
  ) {
    super(message)
    this.status = status
    const given = Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    )
    this.headers = {
      ...Object.fromEntries(given),
      'X-Error-Message': message.replace(/[^\x20-\x7e]/g, '?'),
      ...(code !== undefined && { 'X-Error-Code': code }),
    }
  }
}
