import { unquoted } from './as-meant.ts'
import { variableNamed } from './variable-table.ts'

/** The environment of a process, or a part of it. */
export type Variables = Readonly<Record<string, string | undefined>>

/** Shorter values are too likely to be part of something else; masking them would spoil the log. */
const shortest = 8

const firm =
  /(TOKEN|SECRET|PASSWORDS?|PASSWD|PASSPHRASE|API_?KEYS?|(^|_)(KEY|PAT|PASS|SECRETS)|_WEBHOOK(_URL)?)(_?(\d+|READ|WRITE|RO|RW))?$|^RUNPOD_SECRET_/i
/** Such names are also given to numbers, addresses and files. */
const vague = /(^|_)(CREDENTIALS?|CREDS?|PWD|API|TOKENS|KEYS)$/i
const noSecret = /^(\d+|true|false|yes|no|on|off|[./~].*|[a-z][a-z\d+.-]*:\/\/.*)$/i
const publicKey = /(^|_)PUB(LIC)?_?KEYS?$/i

/** Whether a variable is secret: marked so in the schema, or named like one. Public keys never are. */
export function isSecret(name: string, value: string): boolean {
  if (publicKey.test(name)) return false
  const variable = variableNamed(name)
  if (variable?.secret !== undefined || firm.test(name)) return true
  return variable === undefined && vague.test(name) && !noSecret.test(unquoted(value))
}

/**
 * Every text that must not be shown: values of secret variables (each line of those with several, and without the quotes
 * around it), the user, password and `api_key` in any URL, and the keys in the path of a secret URL. Longest first.
 */
export function secretValues(env: Variables): readonly string[] {
  const all = Object.entries(env).flatMap(([name, value = '']) => [
    ...(isSecret(name, value) || isPrivateKey(value)
      ? [value.trim(), unquoted(value), ...value.split('\n').map((line) => line.trim())]
      : []),
    ...(variableNamed(name)?.secret === 'url' ? pathKeys(value) : []),
    ...userInfo(value),
    ...queryKeys(value),
  ])
  return [...new Set(all)].filter((text) => text.length >= shortest).sort((a, b) => b.length - a.length)
}

/** Whatever the variable is called: a private key, also one that was pasted where a public one belongs. */
export function isPrivateKey(value: string): boolean {
  return value.includes('PRIVATE KEY-----')
}

/** The environment for programs of the user: without secrets, except those named in `pass`; and what was withheld. */
export function withoutSecrets(
  env: Variables,
  pass: readonly string[],
): { readonly env: Record<string, string>; readonly withheld: readonly string[] } {
  const kept: Record<string, string> = {}
  const withheld: string[] = []
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue
    if (pass.includes(name) || !holdsSecret(name, value)) kept[name] = value
    else if (value !== '') withheld.push(name)
  }
  return { env: kept, withheld }
}

const holdsSecret = (name: string, value: string) =>
  isSecret(name, value) ||
  isPrivateKey(value) ||
  [...userInfo(value), ...queryKeys(value)].some((text) => text.length >= shortest)

/** The password of each URL in a text, or the user where there is none: `https://TOKEN@host` is common for git. */
function userInfo(text: string): readonly string[] {
  return [...text.matchAll(/[a-z][a-z\d+.-]*:\/\/([^\s/?#"']+)@/gi)].flatMap(([, info = '']) => {
    const colon = info.indexOf(':')
    const secret = colon === -1 ? info : info.slice(colon + 1)
    return [secret, decoded(secret)]
  })
}

/** RunPod's GraphQL address is often written with the key in it. */
function queryKeys(text: string): readonly string[] {
  return [...text.matchAll(/[?&](?:api_?key|token|access_token|secret|password)=([^&#\s"']+)/gi)].flatMap(
    ([, secret = '']) => [secret, decoded(secret)],
  )
}

/** Check ids and ping keys in a path; words of an ordinary path are shorter. */
function pathKeys(url: string): readonly string[] {
  return url.split(/[/?#]+/).filter((part, index) => index > 1 && part.length >= 16)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a lone % is no escape: the text stands for itself
  }
}
