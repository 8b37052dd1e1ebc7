const shortestPart = 8

/**
 * Takes the key out of a text, as it is, percent-encoded, in other case, and any part of it of eight characters and
 * more (servers echo keys cut short). Pure.
 */
export function redact(text: string, key: string): string {
  if (key === '') return text
  const hidden = text.replaceAll(key, mark).replaceAll(encodeURIComponent(key), mark)
  const lower = key.toLowerCase()
  return hidden.replace(/[\w.~+/=-]+/g, (word) => withoutParts(word, lower))
}

const mark = '[RUNPOD_API_KEY]'

/** Replaces the longest pieces of `key` in a word. */
function withoutParts(word: string, key: string): string {
  let out = ''
  for (let at = 0; at < word.length; ) {
    const length = sharedLength(word.slice(at).toLowerCase(), key)
    out += length >= shortestPart ? mark : word.charAt(at)
    at += length >= shortestPart ? length : 1
  }
  return out
}

/** How many of the first characters of `text` are found, in a row, in `key`. */
function sharedLength(text: string, key: string): number {
  let length = 0
  while (length < text.length && key.includes(text.slice(0, length + 1))) length += 1
  return length
}
