/** A way that is open (to something), closed (for a reason), or about to be one of them: then whoever comes waits. */
export interface Gate<T> {
  pass(): Promise<T>
  open(to: T): void
  close(reason: Error): void
  /** From now on whoever comes waits. */
  hold(): void
  /** Why it is closed. */
  readonly closed: Error | undefined
}

/** A gate that holds. */
export function createGate<T>(): Gate<T> {
  let way = Promise.withResolvers<T>()
  let holds = true
  let closed: Error | undefined

  const next = () => {
    if (!holds) way = Promise.withResolvers<T>()
    holds = false
    closed = undefined
    return way
  }
  return {
    pass: () => way.promise,
    open: (to) => next().resolve(to),
    close(reason) {
      const { promise, reject } = next()
      promise.catch(() => {}) // nobody may be waiting
      reject(reason)
      closed = reason
    },
    hold() {
      if (!holds) way = Promise.withResolvers<T>()
      holds = true
      closed = undefined
    },
    get closed() {
      return closed
    },
  }
}
