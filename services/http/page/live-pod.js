/** @import { Pod, PodStatus, ToldEvent } from './shapes.d.ts' */
import { ask, home, podAheadMs, podNow, Refusal } from './core/ask.js'
import { repeat } from './core/repeat.js'
import { follow } from './core/stream.js'
import { withEvent } from './events/event-list.js'
import { newerSamples } from './machine/history.js'

/** How far back the list of events begins, in events that may not be worth telling. */
const eventsBack = 1900

/**
 * Keeps what is known of the pod up to date and calls `onChange`. The status is asked for now and then, and at once when
 * an event says that something has changed: nothing of how it is made is written here a second time.
 * @param {() => void} onChange
 */
export function livePod(onChange) {
  /** @type {Pod} */
  let pod = {
    status: undefined,
    samples: [],
    jobs: [],
    jobsProblem: undefined,
    events: [],
    answeredAt: Date.now(),
    problem: undefined,
    aheadMs: 0,
    address: home,
  }
  const change = (/** @type {Partial<Pod>} */ news) => {
    pod = { ...pod, ...news }
    onChange()
  }
  const status = repeat(4000, async () => {
    try {
      const answer = await ask('status')
      const isFirst = pod.status === undefined
      change({ status: answer, answeredAt: Date.now(), aheadMs: podAheadMs(), problem: undefined })
      if (isFirst) followEvents(answer)
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) location.reload() // to the form that asks for the token
      change({ problem: messageOf(error) })
    }
  })
  const jobs = repeat(5000, async () => {
    try {
      change({ jobs: (await ask('api/training/jobs')).jobs, jobsProblem: undefined })
    } catch (error) {
      change({ jobsProblem: messageOf(error) })
    }
  })
  repeat(5000, async () => {
    try {
      change({ samples: await newerSamples(pod.samples, podNow()) })
    } catch {
      // The machine card says by the status why there are none.
    }
  })
  const followEvents = (/** @type {PodStatus} */ { seq, startedAt }) => {
    const end = follow({
      path: 'events?told=1',
      after: String(Math.max(0, seq - eventsBack)),
      on: {
        snapshot(/** @type {PodStatus} */ now) {
          status.soon()
          if (now.startedAt === startedAt) return
          // podmate was started again: its events count from one.
          end()
          change({ events: [] })
          followEvents(now)
        },
        event(/** @type {ToldEvent} */ event) {
          change({ events: withEvent(pod.events, event) })
          status.soon()
        },
      },
    })
  }
  return { now: () => pod, refresh: status.soon, refreshJobs: jobs.soon }
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error)
}
