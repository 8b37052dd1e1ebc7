/** Numbers of one moment by name; what is undefined was unknown then. */
export type Sample = Readonly<Record<string, number | undefined>>
export interface TimedSample {
  /** Epoch ms. */
  readonly at: number
  readonly values: Sample
}

/** The last samples, as many as it was made for: 4 bytes for each number and 8 for each time, whatever comes. */
export class SampleRing {
  readonly #times: Float64Array
  readonly #columns = new Map<string, Float32Array>()
  #count = 0

  constructor(capacity: number) {
    this.#times = new Float64Array(capacity)
  }

  push(at: number, values: Sample): void {
    const slot = this.#count % this.#times.length
    this.#times[slot] = at
    for (const column of this.#columns.values()) column[slot] = Number.NaN
    for (const [name, value] of Object.entries(values)) this.#column(name)[slot] = value ?? Number.NaN
    this.#count += 1
  }

  /** The samples after `since`, oldest first; more than `points` are averaged in groups, each under its last time. */
  read(since: number, points: number): readonly TimedSample[] {
    const slots = this.#slots().filter((slot) => (this.#times[slot] ?? 0) > since)
    const groups = Math.min(points, slots.length)
    const edge = (group: number) => Math.round((group * slots.length) / groups)
    return Array.from({ length: groups }, (_, group) =>
      this.#merged(slots.slice(edge(group), edge(group + 1))),
    )
  }

  /** Oldest first. */
  #slots(): readonly number[] {
    const length = Math.min(this.#count, this.#times.length)
    return Array.from({ length }, (_, index) => (this.#count - length + index) % this.#times.length)
  }

  #merged(slots: readonly number[]): TimedSample {
    const values: Record<string, number | undefined> = {}
    for (const [name, column] of this.#columns) values[name] = mean(slots.map((slot) => column[slot]))
    return { at: this.#times[slots.at(-1) ?? 0] ?? 0, values }
  }

  #column(name: string): Float32Array {
    const known = this.#columns.get(name)
    if (known) return known
    const column = new Float32Array(this.#times.length).fill(Number.NaN)
    this.#columns.set(name, column)
    return column
  }
}

function mean(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined && !Number.isNaN(value)) as number[] // the rest is left out
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length
}
