/** What goes over the network, counted: by file while it goes, and in all. */
export class Transfers {
  readonly #sent = new Map<string, number>()
  bytes = 0
  retries = 0

  /** `count` is negative for bytes that have to be sent again. */
  add(remotePath: string, count: number): void {
    this.#sent.set(remotePath, (this.#sent.get(remotePath) ?? 0) + count)
    this.bytes += count
  }

  sent(remotePath: string): number {
    return this.#sent.get(remotePath) ?? 0
  }

  /** Files under way. */
  get paths(): readonly string[] {
    return [...this.#sent.keys()]
  }

  /** They have arrived, or were given up. */
  clear(): void {
    this.#sent.clear()
  }
}
