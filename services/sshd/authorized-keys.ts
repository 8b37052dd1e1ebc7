import type { KeySource } from './options.ts'
import { readPublicKey } from './public-key.ts'
import { splitKeys } from './split-keys.ts'

export interface AuthorizedKeys {
  /** Lines for authorized_keys, each once. */
  readonly lines: readonly string[]
  /** What was refused: variable and line by name, never a word of the value. */
  readonly problems: readonly string[]
}

/** All public keys of all variables, the rule of the service and of `podctl check`. A bad key costs itself only. */
export function authorizedKeys(sources: readonly KeySource[]): AuthorizedKeys {
  const lines = new Set<string>()
  const problems: string[] = []
  for (const { variable, text } of sources) {
    const rows = text.split(/\r?\n/)
    if (rows.some((row) => /BEGIN .*PRIVATE KEY/.test(row))) {
      problems.push(
        `${variable} holds a private key, which was not used: replace it by the text of the .pub file, and make a new key pair (this one has been seen by the platform)`,
      )
      continue
    }
    for (const [index, row] of rows.entries()) {
      const place = rows.length > 1 ? `line ${index + 1} of ${variable}` : variable
      const parts = splitKeys(row)
      for (const [at, part] of parts.entries()) {
        const found = readPublicKey(part)
        if (found.type === 'key') lines.add(found.line)
        const which = parts.length > 1 ? `key ${at + 1} in ${place}` : place
        if (found.type === 'refused') problems.push(`${which} ${found.reason}`)
      }
    }
  }
  return { lines: [...lines], problems }
}
