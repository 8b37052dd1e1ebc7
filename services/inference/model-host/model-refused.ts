/** Why a file cannot be served: one sentence that names what was found, what was expected and, where it helps, the remedy. */
export class ModelRefused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ModelRefused'
  }
}
