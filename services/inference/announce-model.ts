import type { JsonObject, ServiceContext } from '../../supervisor/service.ts'
import type { Rejection } from './model-host/protocol.ts'
import type { LoadRefused } from './model-host.ts'
import type { ServedModel, Serving } from './served-model.ts'

const shownRejections = 20
const longestReason = 300

/** Says once what is served now: ready, in /status and in the log, warnings included. */
export function announceModel(served: ServedModel, hostPid: number, ctx: ServiceContext): void {
  const facts = modelFacts(served)
  const { rejected, nodes, warnings } = served.model
  ctx.report({ ...facts, host_pid: hostPid, nodes, warnings, ...rejections(rejected) })
  for (const { path, reason } of rejected) ctx.log.warn({ path, reason }, 'model file rejected')
  for (const warning of warnings) ctx.log.warn(warning)
  ctx.log.info(facts, 'model loaded')
  ctx.ready()
}

/** Shows in /status what was looked at in vain. */
export function reportRefusal({ message, rejected }: LoadRefused, ctx: ServiceContext): void {
  ctx.report({ problem: message, ...rejections(rejected) })
}

/** The part of /healthz that is about the model; `reason` says why there is none. */
export function modelHealth(serving: Serving, deviceRequested: string): JsonObject {
  if (serving.type === 'up') {
    const { device, device_requested, model_path, load_seconds, source, generation } = modelFacts(
      serving.served,
    )
    return { device, device_requested, model_path, load_seconds, source, generation }
  }
  return {
    device: null,
    device_requested: deviceRequested,
    model_path: null,
    load_seconds: null,
    source: null,
    generation: null,
    reason: serving.reason,
  }
}

function modelFacts({ model, family, loadSeconds, generation }: ServedModel) {
  return {
    model_path: model.path,
    source: model.source,
    family: model.family,
    parameters: model.parameters,
    vocabulary: family.size,
    device: model.device,
    device_requested: model.deviceRequested,
    load_seconds: Number(loadSeconds.toFixed(3)),
    generation,
  }
}

/** As many as fit into a report, each cut to a line. */
function rejections(rejected: readonly Rejection[]): JsonObject {
  if (rejected.length === 0) return {}
  const shown = rejected
    .slice(0, shownRejections)
    .map(({ path, reason }) => ({ path: path.slice(-longestReason), reason: reason.slice(0, longestReason) }))
  return { rejected: shown, rejected_count: rejected.length }
}
