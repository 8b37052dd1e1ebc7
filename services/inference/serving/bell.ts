/** Wakes whoever waits for it; a ring that nobody hears yet is not lost. */
export class Bell {
  #rung = Promise.withResolvers<void>()

  ring(): void {
    this.#rung.resolve()
  }

  async heard(): Promise<void> {
    await this.#rung.promise
    this.#rung = Promise.withResolvers<void>()
  }
}
