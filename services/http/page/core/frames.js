/** Often enough for a curve that grows; a phone must not draw for all of its time. */
const everyMs = 150

/**
 * Gives what asks for a call of `draw`: at the next frame, or later when the last one was just now. What is asked for
 * meanwhile is done together.
 * @param {() => void} draw
 * @returns {() => void}
 */
export function frames(draw) {
  let isWaiting = false
  let lastAt = Number.NEGATIVE_INFINITY
  const atFrame = () =>
    requestAnimationFrame(() => {
      isWaiting = false
      draw()
      lastAt = performance.now()
    })
  return () => {
    if (isWaiting) return
    isWaiting = true
    const waitMs = lastAt + everyMs - performance.now()
    if (waitMs > 0) setTimeout(atFrame, waitMs)
    else atFrame()
  }
}
