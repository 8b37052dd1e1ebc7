/** Counts values by upper bounds, as Prometheus' histograms do; costs a few additions per value. */
export class Tally {
  readonly bounds: readonly number[]
  readonly #counts: number[]
  #sum = 0
  #total = 0

  /** Bounds ascend; values above the last are counted too. */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.#counts = bounds.map(() => 0)
  }

  add(value: number): void {
    this.#sum += value
    this.#total += 1
    const index = this.bounds.findIndex((bound) => value <= bound)
    if (index !== -1) this.#counts[index] = (this.#counts[index] ?? 0) + 1
  }

  get sum(): number {
    return this.#sum
  }

  get total(): number {
    return this.#total
  }

  /** How many values were at most as large as each bound. */
  cumulative(): readonly number[] {
    let sum = 0
    return this.#counts.map((count) => {
      sum += count
      return sum
    })
  }
}
