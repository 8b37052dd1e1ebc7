import type { Gate } from './gate.ts'
import type { Link } from './link.ts'

/** Touches files, each one at a time: on a disk that hangs, calls would pile up without end. */
export function touchOnce(gate: Gate<Link>): (path: string) => Promise<void> {
  const underWay = new WeakMap<Link, Map<string, Promise<void>>>()
  return async (path) => {
    const link = await gate.pass()
    const touches = underWay.get(link) ?? new Map<string, Promise<void>>()
    underWay.set(link, touches)
    const touched = touches.get(path) ?? link.ask<'touch'>({ type: 'touch', path })
    touches.set(path, touched)
    try {
      await touched
    } finally {
      touches.delete(path)
    }
  }
}
