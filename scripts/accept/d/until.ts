import { pause } from '../../../supervisor/time.ts'

/** Settles when `is` is true; rejects when it is not within `ms`. */
export async function until(is: () => boolean, ms: number): Promise<void> {
  const endMs = performance.now() + ms
  while (!is()) {
    if (performance.now() > endMs) throw new Error(`not within ${ms} ms: ${is}`)
    await pause(50)
  }
}
