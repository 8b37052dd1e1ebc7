import { type Probe, probeLoop } from './probe.ts'
import { readProcess } from './process-table.ts'
import type { ServiceContext } from './service.ts'

export interface ProgramProbes {
  /** Absent: ready as soon as it runs, and degraded while it is stopped (SIGSTOP). Failing never kills. */
  readonly readiness?: Probe
  /** Absent: never killed for being hung. Asked only after the first readiness; kills after `livenessFailures`. */
  readonly liveness?: Probe
  readonly livenessFailures?: number
}

/** Runs both probes of a program until `over`; settles when they have ended. */
export async function watchProbes(
  probes: ProgramProbes,
  pid: number,
  ctx: ServiceContext,
  over: AbortSignal,
  onHung: (reason: string) => void,
): Promise<void> {
  const first = Promise.withResolvers<void>()
  const readiness = watchReadiness(probes.readiness ?? running(pid), ctx, over, first.resolve)
  const { liveness, livenessFailures = ctx.program.timings.probeFailures } = probes
  if (!liveness) return readiness
  await Promise.race([first.promise, readiness])
  const hung = (reason: string, failures: number) => {
    ctx.program.tell({ type: 'probe-failed', probe: 'liveness', reason, failures })
    if (failures === livenessFailures) onHung(`liveness failed ${failures} times: ${reason}`)
  }
  await Promise.all([
    readiness,
    probeLoop(liveness, ctx.program.timings, { onSuccess() {}, onFailure: hung }, over),
  ])
}

function watchReadiness(
  probe: Probe,
  ctx: ServiceContext,
  over: AbortSignal,
  onFirst: () => void,
): Promise<void> {
  const { timings, tell } = ctx.program
  let ready: boolean | undefined
  const onSuccess = () => {
    if (ready !== true) ctx.ready()
    ready = true
    onFirst()
  }
  const onFailure = (reason: string, failures: number) => {
    if (ready === undefined) return // not up yet: starting is no failure
    tell({ type: 'probe-failed', probe: 'readiness', reason, failures })
    if (failures < timings.probeFailures || ready === false) return
    ready = false
    ctx.notReady(`readiness failed ${failures} times: ${reason}`)
  }
  return probeLoop(probe, timings, { onSuccess, onFailure }, over)
}

/** Ready while the kernel lets the program run. */
function running(pid: number): Probe {
  return async () => {
    const state = readProcess(pid)?.state
    if (state === 'T' || state === 't') throw new Error('the program is stopped (SIGSTOP)')
  }
}
