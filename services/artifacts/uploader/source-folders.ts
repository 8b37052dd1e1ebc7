import { basename, resolve } from 'node:path'
import { isWithin } from './is-within.ts'
import type { SourceFolder } from './options.ts'

/**
 * Where the files of some folders go: those of a single one to the root, those of several into a folder each, by its
 * name (a second one of that name gets `-2`). A folder inside another is part of that one. Pure.
 */
export function sourceFolders(dirs: readonly string[]): readonly SourceFolder[] {
  const paths = [...new Set(dirs.map((dir) => resolve(dir)))]
  const outermost = paths.filter((path) => !paths.some((other) => other !== path && isWithin(path, other)))
  const [only] = outermost
  if (only !== undefined && outermost.length === 1) return [{ dir: only, under: '' }]
  const taken = new Map<string, number>()
  return outermost.map((dir) => {
    const name = basename(dir).normalize('NFC') || 'root'
    const count = (taken.get(name) ?? 0) + 1
    taken.set(name, count)
    return { dir, under: count === 1 ? name : `${name}-${count}` }
  })
}
