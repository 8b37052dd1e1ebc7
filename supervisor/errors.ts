/** Every error that a user can meet, with what to do about it: printed into the README, and tested against it. */
export const errorCatalogue = {
  CONFIG_INVALID:
    'Correct the variables that the message names; `podctl check` shows what podmate understands.',
  SERVICE_GRAPH_INVALID:
    'A service names a lead that does not exist, or leads form a circle; correct it in entrypoint.ts.',
  ALREADY_RUNNING: 'End the other podmate (`podctl shutdown`) or give this one its own POD_STATE_DIR.',
  NOT_RUNNING: 'Look at `podctl status` for the reason; `podctl restart <service>` tries again at once.',
  VOLUME_UNAVAILABLE:
    'The volume of POD_STATE_DIR does not answer, is full or is read-only; podmate goes on and retries.',
} as const
export type ErrorCode = keyof typeof errorCatalogue

/** An error that callers or users are meant to meet: a stable code, a sentence, and the remedy from the catalogue. */
export class PodError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PodError'
    this.code = code
  }

  get remedy(): string {
    return errorCatalogue[this.code]
  }
}
