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
    return new ReadableStream({
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read()
          if (done) return controller.close()
          this.#onBytes(value.length)
          controller.enqueue(value)
        } catch (error) {
          this.problem = error
          controller.error(error)
        }
      },
      cancel: (reason) => reader.cancel(reason),
    })
  }
}
