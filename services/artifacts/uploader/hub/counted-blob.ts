/** A Blob that tells how many bytes of it were read, and remembers why reading it failed. Slices count apart. */
export class CountedBlob extends Blob {
  readonly #inner: Blob
  readonly #onBytes: (count: number) => void
  /** Why it could not be read to its end. */
  problem: unknown

  constructor(inner: Blob, onBytes: (count: number) => void) {
    super([], { type: inner.type })
    this.#inner = inner
    this.#onBytes = onBytes
  }

  override get size(): number {
    return this.#inner.size
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const reader = this.#inner.stream().getReader()
    let cancelled = false
    return new ReadableStream({
      pull: async (controller) => {
        const { done, value } = await reader.read().catch((error: unknown) => {
          if (!cancelled) this.problem = error
          throw error
        })
        // Whoever was reading may have gone meanwhile, with the connection.
        if (cancelled) return
        if (done) return controller.close()
        this.#onBytes(value.length)
        controller.enqueue(value)
      },
      cancel: (reason) => {
        cancelled = true
        return reader.cancel(reason)
      },
    })
  }
}
