const replacement = '[redacted]'

/** Makes a function that removes every secret from a text: plain, URL-encoded, base64 and as it stands inside JSON. */
export function redactor(secrets: Iterable<string>): (text: string) => string {
  const forms = new Set([...secrets].filter((secret) => secret.length >= 8).flatMap(formsOf))
  if (forms.size === 0) return (text) => text
  const longestFirst = [...forms].sort((a, b) => b.length - a.length)
  const pattern = new RegExp(longestFirst.map(escaped).join('|'), 'g')
  return (text) => text.replace(pattern, replacement)
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
