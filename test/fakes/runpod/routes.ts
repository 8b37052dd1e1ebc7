const table = {
  list: ['GET', /^\/v2\/pods$/],
  create: ['POST', /^\/v2\/pods$/],
  action: ['POST', /^\/v2\/pods\/([^/]+)\/action$/],
  get: ['GET', /^\/v2\/pods\/([^/]+)$/],
  patch: ['PATCH', /^\/v2\/pods\/([^/]+)$/],
  delete: ['DELETE', /^\/v2\/pods\/([^/]+)$/],
} as const

export type RestRoute = keyof typeof table
const restRoutes = Object.keys(table) as RestRoute[] // the keys are exactly the names

/** What the log and faults call a request: actions and questions of GraphQL by what they ask for. */
export type RouteName =
  | Exclude<RestRoute, 'action'>
  | 'start'
  | 'stop'
  | 'restart'
  | 'terminate'
  | 'podStop'
  | 'podTerminate'
  | 'podResume'
  | 'pod'
  | 'myself'
  | 'graphql'
  | 'v1'
  | 'unknown'

/** The route of REST v2 that a request takes, with the id of the pod in it. */
export function restRouteOf(
  method: string,
  path: string,
): { readonly route: RestRoute; readonly podId: string } | undefined {
  for (const route of restRoutes) {
    const [wanted, pattern] = table[route]
    const found = method === wanted ? pattern.exec(path) : null
    if (found) return { route, podId: decodeURIComponent(found[1] ?? '') }
  }
  return undefined
}
