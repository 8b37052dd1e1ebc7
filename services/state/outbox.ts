import type { WriteRequest } from './protocol.ts'
import { unavailable } from './volume-error.ts'

export interface Waiting {
  readonly request: WriteRequest
  /** Settles when the volume has it, or can never have it. */
  readonly done: PromiseWithResolvers<void>
  /** Present while the child has been asked. */
  sent?: Promise<unknown>
}

export interface Outbox {
  /** Keeps a write until it is done. A text that waits for the same name is replaced; too many push the oldest out. */
  add(request: WriteRequest): Promise<void>
  first(): Waiting | undefined
  /** Takes the first one out, if it still is the first. */
  settle(first: Waiting, error?: unknown): void
  /** The child is gone: what it was asked is asked again, of the next one. */
  forgetSent(): void
  readonly size: number
  readonly dropped: number
  /** Settles at the next addition or settlement. */
  changed(): Promise<void>
}

const entriesAtMost = 1000
const charactersAtMost = 4 << 20

/** Writes that the volume has not taken yet, in order. They outlive the process that writes. */
export function createOutbox(): Outbox {
  let entries: Waiting[] = []
  let dropped = 0
  let change = Promise.withResolvers<void>()

  const tellChange = () => {
    change.resolve()
    change = Promise.withResolvers()
  }
  const dropOldest = () => {
    const index = entries[0]?.sent ? 1 : 0
    const [oldest] = entries.splice(index, 1)
    dropped += 1
    oldest?.done.reject(unavailable('too much waits for the volume: the oldest writes are dropped'))
  }
  return {
    add(request) {
      const waiting = { request, done: Promise.withResolvers<void>() }
      const [replaced, rest] = parted(entries, (entry) => !entry.sent && isReplacedBy(entry.request, request))
      for (const { done } of replaced) done.resolve(waiting.done.promise)
      entries = [...rest, waiting]
      while (entries.length > 1 && isTooMuch(entries)) dropOldest()
      tellChange()
      return waiting.done.promise
    },
    first: () => entries[0],
    settle(first, error) {
      if (entries[0] !== first) return
      entries = entries.slice(1)
      if (error === undefined) first.done.resolve()
      else first.done.reject(error)
      tellChange()
    },
    forgetSent() {
      for (const entry of entries) delete entry.sent
    },
    get size() {
      return entries.length
    },
    get dropped() {
      return dropped
    },
    changed: () => change.promise,
  }
}

function isReplacedBy(older: WriteRequest, newer: WriteRequest): boolean {
  return older.type === 'write' && newer.type === 'write' && older.name === newer.name
}

function isTooMuch(entries: readonly Waiting[]): boolean {
  const characters = entries.reduce((sum, { request }) => sum + request.text.length, 0)
  return entries.length > entriesAtMost || characters > charactersAtMost
}

function parted<T>(list: readonly T[], test: (item: T) => boolean): readonly [T[], T[]] {
  return [list.filter(test), list.filter((item) => !test(item))]
}
