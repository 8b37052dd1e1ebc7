import { announce } from './announce.js'

/**
 * Copies a text and says so on the button. Without HTTPS a browser has no clipboard for pages: then it is selected.
 * @param {HTMLElement} button
 */
export async function copy(button) {
  const { text = '' } = button.dataset
  try {
    await navigator.clipboard.writeText(text)
    say(button, 'Copied')
  } catch {
    const code = button.parentElement?.querySelector('code')
    if (!code) return
    getSelection()?.selectAllChildren(code)
    say(button, document.execCommand('copy') ? 'Copied' : 'Selected')
  }
}

/** @param {HTMLElement} button @param {string} word */
function say(button, word) {
  button.dataset.said = word
  announce(word)
  setTimeout(() => delete button.dataset.said, 2000)
}
