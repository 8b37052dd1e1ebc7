/**
 * Says something to whoever listens to the page instead of looking at it; `urgent` interrupts.
 * @param {string} text
 * @param {boolean} [urgent]
 */
export function announce(text, urgent = false) {
  const region = document.getElementById(urgent ? 'said-urgently' : 'said')
  if (region && region.textContent !== text) region.textContent = text
}
