import { closest, distance } from 'fastest-levenshtein'
import { foreignNames, reservedNames } from './other-names.ts'
import { variableNamed, variableTable } from './variable-table.ts'

const ours = variableTable.filter(({ group }) => group !== 'platform').map(({ name }) => name)

/** Beginnings that several of our variables share, such as `INFERENCE_`: a name with one was meant for podmate. */
export const ourPrefixes: readonly string[] = Object.entries(Object.groupBy(ours, prefixOf))
  .filter(([prefix, names = []]) => names.length > 1 && prefix !== 'GIT_') // those are git's own
  .map(([prefix]) => prefix)

/** One sentence for each name that was probably meant to be one of ours, with the nearest name that exists. */
export function unknownVariables(names: readonly string[]): readonly string[] {
  return names.filter(isUnowned).flatMap((name) => {
    const nearest = closest(name.toUpperCase(), ours)
    if (isTypingError(name, nearest))
      return [`${name} is not a variable of podmate; did you mean ${nearest}?`]
    if (!ourPrefixes.includes(prefixOf(name))) return []
    return [`${name} is not a variable of podmate; the nearest name that it reads is ${nearest}`]
  })
}

function isUnowned(name: string): boolean {
  if (variableNamed(name) !== undefined || reservedNames.includes(name)) return false
  return !foreignNames.some((foreign) => foreign.test(name))
}

function isTypingError(name: string, nearest: string): boolean {
  if (name.toUpperCase() === nearest) return true
  // Two letters of a short name make another word: people seldom mistype the first one.
  const likely = nearest.length >= 12 || name[0] === nearest[0]
  return likely && distance(name, nearest) <= 2
}

function prefixOf(name: string): string {
  return name.slice(0, name.indexOf('_') + 1)
}
