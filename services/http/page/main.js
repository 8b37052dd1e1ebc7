/** @import { Pod } from './shapes.d.ts' */
import { artifactsView } from './artifacts/artifacts-view.js'
import { Table } from './board/table.js'
import { connectView } from './connect/connect-view.js'
import { podNow } from './core/ask.js'
import { frames } from './core/frames.js'
import { patch } from './core/patch.js'
import { eventsView } from './events/events-view.js'
import { listen } from './listen.js'
import { livePod } from './live-pod.js'
import { machineView } from './machine/machine-view.js'
import { podActions } from './pod-actions.js'
import { servicesView } from './services/services-view.js'
import { titleOf } from './title.js'
import { Training } from './training/training.js'
import { alertsView } from './verdict/alerts-view.js'
import { announceTurns } from './verdict/announce-turns.js'
import { verdictView } from './verdict/verdict-view.js'

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id))

/** @type {readonly [string, (pod: Pod, now: number) => import('./shapes.d.ts').Child][]} */
const views = [
  ['alerts', alertsView],
  ['verdict', verdictView],
  ['machine', machineView],
  ['services', servicesView],
  ['artifacts', artifactsView],
  ['events', eventsView],
  ['connect', connectView],
]

/** Events may come by the hundred. */
const renderSoon = frames(render)
const live = livePod(renderSoon)
const runs = new Training(byId('training'), live.now, live.refreshJobs)
const board = new Table(byId('play'), live.now)

function render() {
  if (document.hidden) return
  const pod = live.now()
  const now = podNow()
  for (const [id, view] of views) patch(byId(id), view(pod, now))
  document.title = titleOf(pod, now)
  const isLive = pod.status !== undefined && pod.problem === undefined
  byId('live').dataset.state = isLive ? 'live' : 'lost'
  byId('live').textContent = isLive ? 'Live' : 'Connecting…'
  byId('version').textContent = pod.status?.version ?? ''
  announceTurns(pod, now)
  runs.render(now)
  board.render()
}

listen({ ...podActions(live), ...runs.actions(), ...board.actions() })
document.addEventListener('visibilitychange', renderSoon)
setInterval(renderSoon, 1000)
render()
