/** Aborts `signal` when nothing has moved for so long. */
export interface Stall extends Disposable {
  readonly signal: AbortSignal
  moved(): void
}

export function stallAfter(ms: number): Stall {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), ms)
  return {
    signal: controller.signal,
    moved: () => void timer.refresh(),
    [Symbol.dispose]: () => clearTimeout(timer),
  }
}
