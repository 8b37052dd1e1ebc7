export interface LineRate {
  /** False when this second's share is used up: the caller counts the line with `drop`. */
  admit(): boolean
  /** True while nothing more is admitted in this second. */
  exhausted(): boolean
  drop(lines: number): void
  end(): void
}

/** Admits `perSecond` lines a second and tells, once a second, how many were dropped. */
export function lineRate(
  perSecond: number,
  onSuppressed: (lines: number) => void,
  now: () => number = () => performance.now(),
): LineRate {
  let windowStartMs = Number.NEGATIVE_INFINITY
  let admitted = 0
  let dropped = 0
  let timer: NodeJS.Timeout | undefined

  const tell = () => {
    clearTimeout(timer)
    timer = undefined
    if (dropped > 0) onSuppressed(dropped)
    dropped = 0
  }
  const exhausted = () => {
    if (now() - windowStartMs >= 1000) {
      windowStartMs = now()
      admitted = 0
    }
    return admitted >= perSecond
  }
  return {
    exhausted,
    admit() {
      if (exhausted()) return false
      admitted += 1
      return true
    },
    drop(lines) {
      dropped += lines
      timer ??= setTimeout(tell, 1000).unref()
    },
    end: tell,
  }
}
