import type { JsonObject, ServiceContext } from '../../../supervisor/service.ts'
import type { Rejection } from '../model-host/protocol.ts'
import type { Generation } from './generation.ts'
import type { ModelChoice } from './model-choice.ts'
import type { ServedModel, Serving } from './served-model.ts'

const shownRejections = 20
const longestReason = 300

/** Says once in the log what is served now, warnings included. */
export function announceModel(served: ServedModel, choice: ModelChoice, ctx: ServiceContext): void {
  for (const warning of warningsOf(served, choice)) ctx.log.warn(warning)
  ctx.log.info(modelFacts(served), 'model loaded')
}

/** Says in the log what was rejected; what is no model at all is for /models. */
export function logRejections(rejected: readonly Rejection[], ctx: ServiceContext): void {
  for (const { path, reason, isNoModel } of rejected)
    if (!isNoModel) ctx.log.warn({ path, reason }, 'model file rejected')
}

/** Shows in /status what is served, what it follows and what could not be; `problem` is what went wrong last. */
export function reportModel(
  generation: Generation | undefined,
  choice: ModelChoice,
  ctx: ServiceContext,
  problem?: string,
): void {
  const served = generation?.served
  ctx.report({
    ...(served ? { ...modelFacts(served), device_requested: choice.settings.device } : {}),
    ...(served ? { nodes: served.model.nodes, warnings: warningsOf(served, choice) } : {}),
    ...(generation ? { host_pid: generation.hostPids[0] ?? 0, host_pids: generation.hostPids } : {}),
    following: choice.following,
    pinned: choice.pinned,
    previous: choice.previous?.path ?? null,
    ...(problem === undefined ? {} : { problem: problem.slice(0, 2 * longestReason) }),
    ...rejections(choice.rejections.list().filter(({ isNoModel }) => !isNoModel)),
  })
}

/** The part of /healthz that is about the model; `reason` says why there is none. */
export function modelHealth(serving: Serving, choice: ModelChoice): JsonObject {
  const pinned = choice.pinned === null ? {} : { pinned: choice.pinned }
  if (serving.type === 'up') {
    const { device, model_path, load_seconds, source, generation } = modelFacts(serving.served)
    const device_requested = choice.settings.device
    return { device, device_requested, model_path, load_seconds, source, generation, ...pinned }
  }
  return {
    device: null,
    device_requested: choice.settings.device,
    model_path: null,
    load_seconds: null,
    source: null,
    generation: null,
    reason: serving.reason,
    ...pinned,
  }
}

function warningsOf({ model }: ServedModel, choice: ModelChoice): readonly string[] {
  const doubt = choice.gpu.warning(performance.now())
  return doubt === undefined ? model.warnings : [...model.warnings, doubt]
}

function modelFacts({ model, family, loadSeconds, generation }: ServedModel) {
  return {
    model_path: model.path,
    source: model.source,
    family: model.family,
    parameters: model.parameters,
    ...(model.quality ? { quality: { ...model.quality } } : {}),
    vocabulary: family.size,
    device: model.device,
    device_requested: model.deviceRequested,
    ...(model.int8 ? { int8: { ...model.int8 } } : {}),
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
