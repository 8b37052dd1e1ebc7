// A text without an end is found too: looking for its end from each of its quotes would take forever.
const nonFinite = /"(?:[^"\\]|\\.)*["\\]?|-?Infinity|NaN/gs

/**
 * Parses JSON as Python writes it: bare NaN, Infinity and -Infinity become the texts "NaN", "Infinity" and "-Infinity".
 * Throws a SyntaxError.
 */
export function parseLenientJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw error
    return JSON.parse(text.replaceAll(nonFinite, (found) => (found.startsWith('"') ? found : `"${found}"`)))
  }
}
