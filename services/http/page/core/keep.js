/**
 * What the user has chosen in this browser, or `otherwise`.
 * @template Value
 * @param {string} name
 * @param {Value} otherwise
 * @returns {Value}
 */
export function kept(name, otherwise) {
  try {
    const text = localStorage.getItem(`podmate.${name}`)
    return text === null ? otherwise : JSON.parse(text)
  } catch {
    return otherwise // storage is switched off, or was written by somebody else
  }
}

/**
 * Keeps a choice for the next visit, where the browser lets us.
 * @param {string} name
 * @param {unknown} value
 */
export function keep(name, value) {
  try {
    localStorage.setItem(`podmate.${name}`, JSON.stringify(value))
  } catch {
    // storage is full or switched off: it holds for this visit
  }
}
