import { home } from './ask.js'
import { whenShown } from './visible.js'

/**
 * @typedef {object} Following
 * @property {string} path
 * @property {string} [after] the id after which it begins
 * @property {Readonly<Record<string, (data: any, id: string) => void>>} on by the name of the event
 * @property {(isLive: boolean) => void} [onState]
 */

const firstPauseMs = 1000
const longestPauseMs = 15_000

/**
 * Follows an event stream for good: whatever cuts it, it goes on after the last id that came. While the page is hidden it
 * is closed, for a browser has few connections for one server. Returns how to end it.
 * @param {Following} following
 * @returns {() => void}
 */
export function follow({ path, after, on, onState }) {
  /** @type {EventSource | undefined} */
  let source
  let last = after
  let pauseMs = firstPauseMs
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting

  const close = () => {
    clearTimeout(waiting)
    source?.close()
    source = undefined
  }
  const later = () => {
    close()
    onState?.(false)
    waiting = setTimeout(open, pauseMs)
    pauseMs = Math.min(2 * pauseMs, longestPauseMs)
  }
  const open = () => {
    close()
    const url = new URL(path, home)
    if (last !== undefined) url.searchParams.set('after', last)
    source = new EventSource(url)
    source.addEventListener('open', () => {
      pauseMs = firstPauseMs
      onState?.(true)
    })
    // A browser comes back by itself after a cut, but gives up for good after an answer that is no stream.
    source.addEventListener('error', () =>
      source?.readyState === EventSource.CLOSED ? later() : onState?.(false),
    )
    source.addEventListener('end', later)
    for (const [name, listener] of Object.entries(on)) {
      source.addEventListener(name, (event) => {
        if (event.lastEventId !== '') last = event.lastEventId
        listener(JSON.parse(event.data), event.lastEventId)
      })
    }
  }
  const forget = whenShown(open, close)
  return () => {
    forget()
    close()
  }
}
