import type { ScannedFile } from './scan-folder.ts'

/** Which files go up together, in one commit: by path on the Hub, all paths of its unit. Files that stand alone are not in it. */
export type Units = ReadonlyMap<string, ReadonlySet<string>>

/** Files and what they need; those that need the same are one unit. One that lacks something or waits for it is a unit itself. Pure. */
export function unitsOf(
  files: Iterable<Pick<ScannedFile, 'remotePath' | 'needs' | 'lacks' | 'waits'>>,
): Units {
  const units = new Map<string, Set<string>>()
  for (const { remotePath, needs = [], lacks, waits } of files) {
    if (needs.length === 0 && lacks === undefined && waits === undefined) continue
    const joined = new Set<string>()
    for (const path of [remotePath, ...needs])
      for (const member of units.get(path) ?? [path]) joined.add(member)
    for (const member of joined) units.set(member, joined)
  }
  return units
}
