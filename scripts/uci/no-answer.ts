/** podmate gave no move; the message says why, in sentences. Asking again helps only when `again` is not `never`. */
export class NoAnswer extends Error {
  /** `soon`: after the usual pause; a number: not before so many milliseconds. */
  readonly again: 'never' | 'soon' | number

  constructor(message: string, again: 'never' | 'soon' | number, options?: ErrorOptions) {
    super(message.replace(/[^.]$/, '$&.'), options)
    this.name = 'NoAnswer'
    this.again = again
  }
}
