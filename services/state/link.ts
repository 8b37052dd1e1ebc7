import { PodError } from '../../supervisor/errors.ts'
import { settledWithin } from '../../supervisor/time.ts'
import { failureReason, noAnswer } from './failure-reason.ts'
import { elsewhere, type Replies, type RequestOf, type RequestType } from './protocol.ts'
import type { VolumeChild } from './volume-child.ts'
import { isUnavailable, unavailable, VolumeFailure } from './volume-error.ts'

export interface Trouble {
  readonly reason: string
  /** No answer yet, so it may still come; else the volume has refused. */
  readonly late: boolean
}

/** The way to the volume from when it can be used until something goes wrong with it. */
export interface Link {
  /** Settles with the first thing that goes wrong. */
  readonly trouble: Promise<Trouble>
  /** False from the first trouble on, and when the child has ended. */
  readonly usable: boolean
  /** Rejects with a PodError when the volume (or who has it) is the reason. Waits for ever on a volume that hangs. */
  ask<Type extends RequestType>(request: RequestOf<Type>): Promise<Replies[Type]>
}

/** A link that is in trouble when an answer takes longer than `deadlineMs`, or when the volume refuses. */
export function createLink(child: VolumeChild, folder: string, deadlineMs: number, over: AbortSignal): Link {
  const trouble = Promise.withResolvers<Trouble>()
  let hasTrouble = false
  const fail = (found: Trouble) => {
    hasTrouble = true
    trouble.resolve(found)
  }
  const watch = async (answer: Promise<unknown>) => {
    const inTime = await settledWithin(answer, deadlineMs, over).catch(() => true)
    if (!inTime && !over.aborted) fail({ reason: noAnswer(folder), late: true })
  }
  return {
    trouble: trouble.promise,
    get usable() {
      return !(hasTrouble || over.aborted)
    },
    async ask(request) {
      const answer = child.request(request)
      // What lies on another disk says nothing about this one.
      const matters = !elsewhere.has(request.type)
      if (matters) void watch(answer)
      try {
        return await answer
      } catch (error) {
        const found = matters
          ? translated(error, folder)
          : unavailable(
              `${request.type === 'touch' ? 'not touched' : 'not looked at'}: ${messageOf(error)}`,
              error,
            )
        if (matters && isUnavailable(found)) fail({ reason: found.message, late: false })
        throw found
      }
    },
  }
}

function translated(error: unknown, folder: string): unknown {
  if (!(error instanceof VolumeFailure)) return error
  if (error.failure.code === 'ALREADY_RUNNING') return new PodError('ALREADY_RUNNING', error.message)
  const reason = failureReason(error.failure, folder)
  return reason === undefined ? error : unavailable(reason, error)
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
