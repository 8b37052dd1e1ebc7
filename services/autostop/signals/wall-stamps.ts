interface Stamp {
  readonly stampMs: number
  /** Monotonic; undefined: the stamp is from a future that the clock has not reached. */
  readonly activeMs: number | undefined
}

/** Clocks of two machines, and two looks at one clock, differ a little. */
const slackMs = 10_000

/**
 * Turns time stamps of the wall clock (of files, of another program) into monotonic times that no jump of the clock
 * moves: a stamp that has changed did so since the last look, and one that has not keeps its time.
 */
export class WallStamps<Key> {
  readonly #granuleMs: number
  #stamps = new Map<Key, Stamp>()
  #lookedMs: number | undefined

  /** A stamp that stands for a stretch of time, not a moment, may have been meant up to `granuleMs` later. */
  constructor(granuleMs = 0) {
    this.#granuleMs = granuleMs
  }

  /** The monotonic time of each stamp; all that there are now, at this moment of both clocks. */
  look(
    stamps: ReadonlyMap<Key, number>,
    nowMs: number,
    wallMs: number,
  ): ReadonlyMap<Key, number | undefined> {
    const before = this.#stamps
    this.#stamps = new Map(
      [...stamps].map(([key, stampMs]) => {
        const known = before.get(key)
        return [key, known?.stampMs === stampMs ? known : this.#newStamp(stampMs, nowMs, wallMs)]
      }),
    )
    this.#lookedMs = nowMs
    const times = [...this.#stamps].map(([key, { activeMs }]): [Key, number | undefined] => [
      key,
      activeMs === undefined ? undefined : Math.min(activeMs, nowMs),
    ])
    return new Map(times)
  }

  #newStamp(stampMs: number, nowMs: number, wallMs: number): Stamp {
    const ageMs = wallMs - stampMs
    if (this.#lookedMs !== undefined) {
      const activeMs = Math.max(this.#lookedMs, Math.min(nowMs - ageMs, nowMs) + this.#granuleMs)
      return { stampMs, activeMs }
    }
    if (ageMs < -slackMs) return { stampMs, activeMs: undefined }
    return { stampMs, activeMs: nowMs - Math.max(ageMs, 0) + this.#granuleMs }
  }
}
