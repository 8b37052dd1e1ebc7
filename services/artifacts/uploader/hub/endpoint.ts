import { isIP } from 'node:net'

/** Why an address cannot be given the token, or undefined. Plain HTTP is for this machine alone. Pure. */
export function endpointProblem(endpoint: string): string | undefined {
  if (!URL.canParse(endpoint)) return `HF_ENDPOINT is no address: ${JSON.stringify(endpoint)}`
  const url = new URL(endpoint)
  if (url.username !== '' || url.password !== '') return 'HF_ENDPOINT holds a user or a password'
  if (url.search !== '' || url.hash !== '') return 'HF_ENDPOINT has a ? or a # in it'
  return isSafe(url)
    ? undefined
    : `HF_ENDPOINT is ${url.protocol}//${url.host}: the token would be readable on its way`
}

/** Whether secrets may travel there: by HTTPS, or to this machine. Pure. */
export function isSafe({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true
  const bare = hostname.replace(/^\[|\]$/g, '')
  const loopback = bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'))
  return protocol === 'http:' && loopback
}
