/** An answer that is no success, in RunPod's words. */
export interface Refusal {
  readonly status: number
  readonly says: string
  /** Whether it has the form of an answer of the API; otherwise a proxy or a wrong address spoke. */
  readonly isOfApi: boolean
}

const longest = 300

/** What an answer says: the words of its JSON, the title of a page, or its text. Pure. */
export function refusalIn(status: number, text: string): Refusal {
  const words = wordsOf(parsed(text))
  const says = words ?? titleOf(text) ?? text
  return { status, says: short(says), isOfApi: words !== undefined }
}

/** One line of at most 300 characters. Pure. */
export function short(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}

/** The words that REST v2, its predecessor and GraphQL put into JSON; undefined when there are none. */
function wordsOf(value: unknown): string | undefined {
  const { detail, error, message, title, errors } = Object(value)
  const main = [detail, message, error, title].find((word) => typeof word === 'string' && word !== '')
  const list = Array.isArray(errors) ? errors.map(errorText) : []
  const all = [main, ...list].filter((word) => typeof word === 'string')
  return all.length === 0 ? undefined : all.join('; ')
}

/** One entry of `errors`: a text in REST v2; in GraphQL an object with a message and a code that may tell more. */
function errorText(entry: unknown): string {
  if (typeof entry === 'string') return entry
  const { message, extensions } = Object(entry)
  const { code } = Object(extensions)
  const says = typeof message === 'string' ? message : 'an error without a message'
  return typeof code === 'string' && code !== 'RUNPOD' ? `${says} (${code})` : says
}

function titleOf(text: string): string | undefined {
  if (!/^\s*</.test(text)) return undefined
  const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1]?.trim()
  return title ? `a page titled ${title}` : 'a page without a title'
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
