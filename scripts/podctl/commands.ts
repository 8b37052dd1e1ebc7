import { artifacts } from './artifacts.ts'
import type { Call, CallOptions } from './call.ts'
import { check } from './check.ts'
import { control } from './control.ts'
import { cost } from './cost.ts'
import { events } from './events.ts'
import { flush } from './flush.ts'
import { hold, release } from './hold.ts'
import { jupyterUrl } from './jupyter-url.ts'
import { logs } from './logs.ts'
import { model } from './model.ts'
import { ready } from './ready.ts'
import { shutdown } from './shutdown.ts'
import { status } from './status.ts'
import { stopPod } from './stop-pod.ts'
import { tail } from './tail.ts'
import { timing } from './timing.ts'
import { url } from './url.ts'
import { why } from './why.ts'

export interface PodctlCommand {
  /** What comes after the name: `<service>` must be given, `[service]` may be. */
  readonly takes?: '<service>' | '[service]' | '<time>' | 'list|use PATH|rollback'
  /** How many words come after the name at most; without it 1, or none when it takes nothing. */
  readonly most?: number
  readonly options?: readonly (keyof CallOptions)[]
  readonly does: string
  run(call: Call): Promise<number>
}

/** THE table of commands: parsing, help and README are made from it. */
export const commands: Readonly<Record<string, PodctlCommand>> = {
  status: { options: ['json'], does: 'Every service with its state and reason.', run: status },
  start: {
    takes: '<service>',
    options: ['force'],
    does: 'Starts a service; waits until it is ready.',
    run: control('start'),
  },
  stop: {
    takes: '<service>',
    options: ['force'],
    does: 'Stops a service; waits until nothing of it is left.',
    run: control('stop'),
  },
  restart: {
    takes: '<service>',
    options: ['force'],
    does: 'Stops it and starts it again, also out of a crash loop.',
    run: control('restart'),
  },
  logs: {
    takes: '[service]',
    options: ['lines'],
    does: 'The last lines (100) of a service, or of all.',
    run: logs,
  },
  tail: {
    takes: '[service]',
    options: ['lines'],
    does: 'The last lines (10) and every further one.',
    run: tail,
  },
  events: { options: ['json'], does: 'The status in a line, then every event as it happens.', run: events },
  ready: { does: 'Exit 0 when every enabled service is ready, else the reasons.', run: ready },
  timing: { does: 'How long each service took, and what the start waited for.', run: timing },
  url: { does: 'The address of the page, with the token in it.', run: url },
  'jupyter-url': {
    does: 'The address of JupyterLab, with the token in it; waits while it starts.',
    run: jupyterUrl,
  },
  model: {
    takes: 'list|use PATH|rollback',
    most: 2,
    does: 'The models; serves one, the newest again (use latest), or the one before.',
    run: model,
  },
  artifacts: {
    options: ['json'],
    does: 'What is safe on Hugging Face, what is not yet, and what is refused.',
    run: artifacts,
  },
  flush: {
    options: ['deadline'],
    does: 'Uploads all that can go up now; exit 0 only when nothing is left.',
    run: flush,
  },
  why: {
    options: ['dry-run', 'json'],
    does: 'Why the pod still runs, when it would stop, and why it stopped the last time.',
    run: why,
  },
  hold: {
    takes: '<time>',
    options: ['why'],
    does: 'Keeps the pod so long (30m, 2h, 1d), used or not; a budget holds all the same.',
    run: hold,
  },
  release: { does: 'Ends the hold.', run: release },
  'stop-pod': {
    options: ['why'],
    does: 'Stops the pod: trainer, uploads, then RunPod; `podctl hold 1h` calls it off.',
    run: stopPod,
  },
  cost: {
    options: ['json'],
    does: 'What the pod has cost and will; exit 0 only when that is known.',
    run: cost,
  },
  check: { does: 'The configuration as podmate understands it; needs no running podmate.', run: check },
  shutdown: { does: 'Ends the whole pod in order; waits until it has ended.', run: shutdown },
}
