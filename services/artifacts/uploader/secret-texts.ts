const kinds: readonly (readonly [RegExp, string])[] = [
  [/\bhf_[A-Za-z0-9]{30,}/, 'a Hugging Face token'],
  [/\bapi_org_[A-Za-z0-9]{30,}/, 'a Hugging Face token'],
  [/\brpa_[A-Z0-9]{30,}/, 'a RunPod API key'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/, 'an AWS key'],
  [/\bgh[pousr]_[A-Za-z0-9]{36,}/, 'a GitHub token'],
  [/\bgithub_pat_[A-Za-z0-9_]{40,}/, 'a GitHub token'],
  [/\bglpat-[A-Za-z0-9_-]{20,}/, 'a GitLab token'],
  [/\bsk-(?:proj-|ant-)?[A-Za-z0-9_-]{32,}/, 'an API key'],
  [/\bxox[abposr]-[A-Za-z0-9-]{20,}/, 'a Slack token'],
  [/\bAIza[A-Za-z0-9_-]{35}\b/, 'a Google API key'],
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY/, 'a private key'],
]
const anyOf = new RegExp(kinds.map(([pattern]) => pattern.source).join('|'))
/** No secret is longer; what is found is looked for across blocks. */
const overlap = 300

/** Looks for secrets in a text that comes in blocks. */
export interface SecretSearch {
  add(block: Buffer): void
  /** What was found, never the text of it; undefined in a file that is no text. */
  readonly found: string | undefined
}

/** A search for tokens and keys, and for the values in `own`. A file with a zero byte in its first block is no text. */
export function secretSearch(own: readonly string[] = []): SecretSearch {
  let tail: string | undefined = ''
  let found: string | undefined
  return {
    add(block) {
      if (tail === undefined || found !== undefined) return
      if (tail === '' && block.includes(0)) {
        tail = undefined
        return
      }
      const text = tail + block.toString('latin1')
      found = secretIn(text, own)
      tail = text.slice(-overlap)
    },
    get found() {
      return found
    },
  }
}

function secretIn(text: string, own: readonly string[]): string | undefined {
  if (own.some((value) => value !== '' && text.includes(value))) return 'the token of the Hub'
  if (!anyOf.test(text)) return undefined
  return kinds.find(([pattern]) => pattern.test(text))?.[1]
}
