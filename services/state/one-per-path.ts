import type { Gate } from './gate.ts'
import type { Link } from './link.ts'
import type { Replies } from './protocol.ts'

/** Asks about files anywhere, one thing at a time for each: on a disk that hangs, calls would pile up without end. */
export function onePerPath<Type extends 'touch' | 'modified' | 'folder'>(
  gate: Gate<Link>,
  type: Type,
): (path: string) => Promise<Replies[Type]> {
  const underWay = new WeakMap<Link, Map<string, Promise<Replies[Type]>>>()
  return async (path) => {
    const link = await gate.pass()
    const asked = underWay.get(link) ?? new Map<string, Promise<Replies[Type]>>()
    underWay.set(link, asked)
    // A request of such a type is made of that and a path.
    const answer = asked.get(path) ?? link.ask<Type>({ type, path } as Parameters<typeof link.ask<Type>>[0])
    asked.set(path, answer)
    try {
      return await answer
    } finally {
      asked.delete(path)
    }
  }
}
