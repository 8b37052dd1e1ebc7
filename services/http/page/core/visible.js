/** A glance at another tab is no absence. */
const absenceMs = 20_000

/**
 * Calls `show` now (when the page is visible) and whenever it becomes visible again after an absence, for whose time
 * `hide` was called. Returns how to end it.
 * @param {() => void} show
 * @param {() => void} hide
 * @returns {() => void}
 */
export function whenShown(show, hide) {
  let isShown = false
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let leaving
  const look = () => {
    clearTimeout(leaving)
    if (document.hidden) {
      leaving = setTimeout(() => {
        isShown = false
        hide()
      }, absenceMs)
    } else if (!isShown) {
      isShown = true
      show()
    }
  }
  document.addEventListener('visibilitychange', look)
  look()
  return () => {
    clearTimeout(leaving)
    document.removeEventListener('visibilitychange', look)
  }
}
