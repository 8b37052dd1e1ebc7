import { runpodProblem } from './problem-texts.ts'

/** The address of a resource of REST v2. Throws for an empty part, which would name the collection above it. */
export function restAddress(
  restUrl: string,
  path: readonly string[],
  query: Readonly<Record<string, string>> = {},
): URL {
  if (path.length === 0 || path.some((part) => ['', '.', '..'].includes(part))) {
    throw runpodProblem('validation', 'A part of the address is empty')
  }
  const base = restUrl
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '')
    .replace(/\/v2$/, '')
  const url = addressOf(`${base}/v2/${path.map(encodeURIComponent).join('/')}`)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url
}

/** The address of GraphQL, without the `?api_key=` that old notes put there. */
export function graphqlAddress(endpoint: string): URL {
  return addressOf(endpoint.replace(/[?#].*$/, ''))
}

function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && url.username === '' && url.password === '') return url
  throw runpodProblem('address', "The address of RunPod's API is none, or has a user or a password in it")
}
