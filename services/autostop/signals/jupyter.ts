import type { PodView } from '../../../supervisor/pod.ts'
import { monotonicMs } from '../../../supervisor/time.ts'
import type { Reading, Signal } from '../signal.ts'
import { active, counted, later, quiet, spoken, unknown } from './evidence.ts'
import { guarded } from './guarded.ts'
import { askKernels, type Kernel } from './jupyter-kernels.ts'
import type { JupyterAddress } from './ports.ts'
import type { Snapshot } from './process-snapshot.ts'
import { workCores } from './ssh.ts'
import type { TerminalUse } from './terminal-clock.ts'
import { WallStamps } from './wall-stamps.ts'

export interface JupyterOptions {
  readonly pod: Pick<PodView, 'status' | 'onLogLine'>
  readonly address: () => JupyterAddress | undefined
  readonly snapshot: (nowMs: number) => Snapshot | undefined
  /** Those of Jupyter. */
  readonly terminals: (nowMs: number) => readonly TerminalUse[]
  readonly recentMs: number
  readonly over: AbortSignal
  readonly clock?: () => number
  readonly wallClock?: () => number
}

/** What Jupyter logs when a user changes files; a browser saves by itself only what was edited. */
const savedFile = /\b(Saving file at|Uploading file to|Creating new|Copying) /

/**
 * Active while a kernel is busy, after code was run, a file saved or a terminal typed on, and while what runs in
 * terminals and kernels uses at least a fifth of a core. A browser that is only open is quiet.
 */
export function jupyterSignal(options: JupyterOptions): Signal {
  const {
    pod,
    address,
    snapshot,
    terminals,
    recentMs,
    over,
    clock = monotonicMs,
    wallClock = Date.now,
  } = options
  const stamps = new WallStamps<string>()
  let savedMs: number | undefined
  let lastMs: number | undefined
  pod.onLogLine(({ service, text }) => {
    if (service === 'jupyter' && savedFile.test(text)) savedMs = clock()
  }, over)
  return guarded('jupyter', async (nowMs, signal): Promise<Reading> => {
    const work = snapshot(nowMs)?.workOf('jupyter')
    const { kernels, quietBecause, problem } = await ask(pod, address(), signal)
    const uses = [
      ...terminals(nowMs),
      ...kernelUses(kernels, stamps, nowMs, wallClock()),
      ...(savedMs === undefined ? [] : [savedUse(savedMs, nowMs)]),
    ]
    const latest = uses.toSorted((one, other) => other.lastMs - one.lastMs)[0]
    lastMs = later(lastMs, latest?.lastMs)
    if (latest && nowMs - latest.lastMs <= recentMs) return active(latest.lastMs, latest.evidence)
    if (work && work.cores >= workCores)
      return active(
        work.atMs,
        `${work.most} and others in Jupyter use ${Math.round(work.cores * 100)} % of a core`,
      )
    if (problem !== undefined) return unknown(lastMs, `Jupyter cannot be asked: ${problem}`)
    return quiet(lastMs, quietBecause ?? latest?.evidence ?? 'no kernel runs')
  })
}

interface Answer {
  readonly kernels: readonly Kernel[]
  /** Why there is nothing to ask. */
  readonly quietBecause?: string
  readonly problem?: string
}

async function ask(
  pod: Pick<PodView, 'status'>,
  address: JupyterAddress | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  const state = pod.status().services.jupyter?.state ?? 'disabled'
  if (!['ready', 'degraded'].includes(state)) return { kernels: [], quietBecause: `Jupyter is ${state}` }
  if (!address) return { kernels: [], problem: 'its token is not known yet' }
  return askKernels(address, signal).then(
    (kernels) => ({ kernels }),
    (error: unknown) => ({ kernels: [], problem: error instanceof Error ? error.message : String(error) }),
  )
}

type Use = Omit<TerminalUse, 'name'>

const savedUse = (savedMs: number, nowMs: number): Use => ({
  lastMs: savedMs,
  evidence: `a file was saved in Jupyter ${spoken(nowMs - savedMs)} ago`,
})

function kernelUses(
  kernels: readonly Kernel[],
  stamps: WallStamps<string>,
  nowMs: number,
  wallMs: number,
): readonly Use[] {
  const times = stamps.look(
    new Map(kernels.map(({ id, lastActivityMs }) => [id, lastActivityMs])),
    nowMs,
    wallMs,
  )
  const busy = kernels.filter(({ state }) => state === 'busy')
  if (busy.length > 0) return [{ lastMs: nowMs, evidence: `${counted(busy.length, 'kernel')} busy` }]
  return kernels.flatMap(({ id, name, connections }) => {
    const lastMs = times.get(id)
    if (lastMs === undefined) return []
    const tabs = connections === 0 ? '' : ` (${counted(connections, 'open tab')} alone would be no use)`
    return [{ lastMs, evidence: `a kernel (${name}) was last used ${spoken(nowMs - lastMs)} ago${tabs}` }]
  })
}
