import { closest, distance } from 'fastest-levenshtein'

const longestName = 64

/** The known name that was probably meant, if one is near. Pure. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  // The comparison takes as long as both names are long: a stranger must not choose how long.
  if (known.length === 0 || name.length > longestName) return undefined
  const candidate = closest(name, known)
  return distance(name, candidate) <= Math.max(1, Math.floor(candidate.length / 3)) ? candidate : undefined
}
