import { isAbsolute, relative } from 'node:path'

/** Whether `path` is one of `places` or lies somewhere below one; links are not resolved. Pure. */
export function isInside(path: string, places: readonly string[]): boolean {
  return places.some((place) => {
    const way = relative(place, path)
    return way !== '..' && !way.startsWith('../') && !isAbsolute(way)
  })
}
