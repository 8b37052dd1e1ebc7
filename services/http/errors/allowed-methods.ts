export interface RouteName {
  readonly method: string
  /** As it was registered: `/logs/:service`, `/docs/static/*`. */
  readonly url: string
}

/** Which methods a path answers to, for 405 and its Allow header; none when no route has this path. Pure. */
export function allowedMethods(routes: readonly RouteName[], path: string): readonly string[] {
  const segments = path.split('/')
  const methods = routes.filter(({ url }) => matches(url.split('/'), segments)).map(({ method }) => method)
  return [...new Set(methods)].sort()
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  const star = pattern.indexOf('*')
  const fixed = star === -1 ? pattern : pattern.slice(0, star)
  if (star === -1 ? path.length !== pattern.length : path.length <= star) return false
  return fixed.every((part, index) => (part.startsWith(':') ? path[index] !== '' : part === path[index]))
}
