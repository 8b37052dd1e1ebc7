const repo = '(?<ns>[^/]+)/(?<name>[^/]+)'
const api = `/api/(?<type>models|datasets|spaces)/${repo}`
const site = `/(?:(?<type>datasets|spaces)/)?${repo}`
const lfs = `/(?:(?<type>datasets|spaces)/)?(?<ns>[^/]+)/(?<name>[^/]+?)\\.git/info/lfs/objects`

/** Every route of the stand-in: method and path. Faults and the log name routes so. */
const table = {
  whoami: ['GET', '/api/whoami-v2'],
  create: ['POST', '/api/repos/create'],
  delete: ['DELETE', '/api/repos/delete'],
  preupload: ['POST', `${api}/preupload/(?<rev>[^/]+)`],
  commit: ['POST', `${api}/commit/(?<rev>[^/]+)`],
  tree: ['GET', `${api}/tree/(?<rev>[^/]+)(?:/(?<path>.*))?`],
  'paths-info': ['POST', `${api}/paths-info/(?<rev>[^/]+)`],
  branch: ['POST', `${api}/branch/(?<rev>[^/]+)`],
  info: ['GET', `${api}(?:/revision/(?<rev>[^/]+))?`],
  batch: ['POST', `${lfs}/batch`],
  verify: ['POST', `${lfs}/verify`],
  'put-part': ['PUT', '/storage/(?<upload>[^/]+)/(?<part>\\d+)'],
  put: ['PUT', '/storage/(?<upload>[^/]+)'],
  complete: ['POST', '/storage/(?<upload>[^/]+)/complete'],
  download: ['GET', '/storage/blobs/(?<blob>\\w+)'],
  resolve: ['GET', `${site}/resolve/(?<rev>[^/]+)/(?<path>.+)`],
} as const

export type RouteName = keyof typeof table

export const routeNames = Object.keys(table) as RouteName[] // the keys are exactly the names

const routes = routeNames.map((name) => {
  const [method, path] = table[name]
  return { name, method, pattern: new RegExp(`^${path}$`) }
})

export interface Match {
  readonly name: RouteName
  readonly params: Readonly<Record<string, string | undefined>>
}

/** The route of a request, with the parts of its path decoded; HEAD goes where GET goes. */
export function match(method: string, path: string): Match | undefined {
  const wanted = method === 'HEAD' ? 'GET' : method
  for (const { name, method, pattern } of routes) {
    const found = method === wanted ? pattern.exec(path) : null
    if (!found) continue
    const params = decoded(found.groups)
    return params && { name, params }
  }
  return undefined
}

function decoded(parts: Readonly<Record<string, string>> = {}): Match['params'] | undefined {
  try {
    const entries = Object.entries(parts)
    return Object.fromEntries(
      entries.map(([key, part = '']) => [key, part === '' ? undefined : decodeURIComponent(part)]),
    )
  } catch {
    // A path with a broken % is no route.
    return undefined
  }
}
