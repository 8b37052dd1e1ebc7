import { problem } from '../errors/problem.ts'

const mostStreams = 100

/** Counts open streams: each call takes a place and returns how to leave it, or throws 503 when all are taken. */
export function countStreams(): () => () => void {
  let open = 0
  return () => {
    if (open >= mostStreams) {
      throw problem(503, `${mostStreams} streams are open already; close one`, { retryAfterSeconds: 15 })
    }
    open += 1
    return () => {
      open -= 1
    }
  }
}
