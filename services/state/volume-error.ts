import { PodError } from '../../supervisor/errors.ts'
import type { Failure } from './protocol.ts'

/** The child's answer that a request failed, as an error on this side. */
export class VolumeFailure extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.message)
    this.name = 'VolumeFailure'
    this.failure = failure
  }
}

/** What callers of the port get when the volume did not do as asked. */
export const unavailable = (reason: string, cause?: unknown) =>
  new PodError('VOLUME_UNAVAILABLE', reason, cause === undefined ? {} : { cause })

export const isUnavailable = (error: unknown): error is PodError =>
  error instanceof PodError && error.code === 'VOLUME_UNAVAILABLE'
