const replacement = '[redacted]'

/** Removes every secret that it knows from a text: plain, URL-encoded, base64 and as it stands inside JSON. */
export interface Redactor {
  (text: string): string
  /** From now on this one too: a secret that was made here is in no variable. Under 8 characters it is left alone. */
  add(secret: string): void
}

/** A redactor that knows these secrets. */
export function redactor(secrets: Iterable<string>): Redactor {
  const forms = new Set<string>()
  let pattern: RegExp | undefined
  const learn = (added: readonly string[]) => {
    for (const form of added.filter((secret) => secret.length >= 8).flatMap(formsOf)) forms.add(form)
    if (forms.size === 0) return
    const longestFirst = [...forms].sort((a, b) => b.length - a.length)
    pattern = new RegExp(longestFirst.map(escaped).join('|'), 'g')
  }
  learn([...secrets])
  const redact = (text: string) => (pattern ? text.replace(pattern, replacement) : text)
  return Object.assign(redact, { add: (secret: string) => learn([secret]) })
}

function formsOf(secret: string): string[] {
  const url = encodeURIComponent(secret)
  const json = JSON.stringify(secret).slice(1, -1)
  return [secret, url, url.replaceAll('%20', '+'), url.toLowerCase(), json, ...base64Forms(secret)]
}

/** Base64 of a text that contains the secret shows one of three cores, by the secret's place modulo 3. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [0, 1, 2].flatMap((offset) => {
    const start = Math.ceil((offset * 8) / 6)
    const end = Math.floor(((offset + bytes.length) * 8) / 6)
    const core = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .slice(start, end)
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}

/** The same value with every text in it, names of fields included, passed through `redact`. */
export function redactDeep<Value>(value: Value, redact: (text: string) => string): Value {
  return redactUnknown(value, redact) as Value // only the contents of texts change, never the shape
}

function redactUnknown(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map((item) => redactUnknown(item, redact))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, item]) => [redact(name), redactUnknown(item, redact)])
  return Object.fromEntries(entries)
}
