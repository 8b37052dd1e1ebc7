#!/usr/bin/env node
import type { Composition, Setup } from './boot/run-pod.ts'
import { stopRequests } from './supervisor/stop-requests.ts'

// First of all: a stop that comes while everything else is still being read must not be lost.
const requests = stopRequests()

const { readStart } = await import('./boot/start-arguments.ts')
const start = readStart(process.argv.slice(2), process.env)
if (start.type === 'end') {
  process[start.code === 0 ? 'stdout' : 'stderr'].write(start.text)
  process.exit(start.code)
}

const { memoryForMoves, saveMemory } = await import('./boot/heap.ts')
saveMemory()
const { runPod } = await import('./boot/run-pod.ts')
const options = await import('./boot/service-options.ts')
const { artifactsOptions, flushAfterTraining } = await import('./boot/artifacts-options.ts')
const { keepRecords, shutdownRecorder } = await import('./boot/keep-records.ts')
const { notBefore } = await import('./boot/way-in.ts')
const { web } = await import('./boot/web.ts')
const { podTelemetry } = await import('./boot/telemetry.ts')
const { podWatchdog } = await import('./boot/watchdog.ts')
const { podJobs } = await import('./boot/jobs.ts')
const { onlookers } = await import('./boot/onlookers.ts')
const { keepTrainerLog } = await import('./boot/trainer-log.ts')
const { state } = await import('./services/state/service.ts')
const { inference } = await import('./services/inference/service.ts')
const { trainer } = await import('./services/trainer/service.ts')
const { artifacts } = await import('./services/artifacts/service.ts')
const { sshd } = await import('./services/sshd/service.ts')
const { jupyter } = await import('./services/jupyter/service.ts')
const { bootstrap } = await import('./services/bootstrap/service.ts')

/** Every service of the pod, introduced to the others by what it hands out. */
function compose(setup: Setup): Composition {
  const { pod, stateDir } = setup
  const { values } = setup.environment
  const kept = state({
    dir: stateDir,
    podId: values.platform?.RUNPOD_POD_ID,
    onConflict: setup.refuse,
    checkMs: 10_000,
  })
  keepRecords(pod, kept.port)
  const model = inference({ ...options.inferenceOptions(setup), onAsked: memoryForMoves() })
  const saved = artifacts(artifactsOptions(setup, kept.port))
  flushAfterTraining(pod, saved.port.flush)
  const lab = jupyter(options.jupyterOptions(setup, () => kept.port.secret('jupyter-token')))
  const samples = podTelemetry(setup)
  const jobs = podJobs(setup, { kept: kept.port.jobs, telemetry: samples.port })
  const guard = podWatchdog(setup, {
    ...{ state: kept.port, artifacts: saved.port, jupyter: lab.port, telemetry: samples.port },
    jobs: jobs.port,
  })
  const server = web(setup, {
    routes: [
      ...[lab.routes, saved.routes, samples.routes, guard.routes, jobs.routes],
      ...(values.inference?.START_INFERENCE_API === false ? [] : [model.routes]),
    ],
    metrics: [model.metrics, saved.metrics, samples.metrics, guard.metrics, jobs.metrics],
    ...{
      health: model.health,
      onActivity: guard.onActivity,
      generatedToken: () => kept.port.secret('api-token'),
    },
  })
  options.tellWithheld(setup)
  const { unless } = options
  return {
    services: [
      kept.service,
      unless(options.sshdProblem(setup), sshd(options.sshdOptions(setup, kept.port))),
      notBefore(setup.wayIn, server),
      unless(options.inferenceProblem(setup), notBefore(setup.wayIn, model.service)),
      unless(options.bootstrapProblem(setup), bootstrap(options.bootstrapOptions(setup))),
      unless(options.jupyterProblem(setup), lab.service),
      unless(options.trainerProblem(setup), trainer(options.trainerOptions(setup, kept.port, jobs.port))),
      ...[saved.service, samples.service, guard.service, jobs.service],
      ...onlookers(setup),
    ],
    recorder: shutdownRecorder(kept.port, keepTrainerLog(pod, kept.port.append), saved.lastWords),
  }
}

process.exit(await runPod(requests, start.env, compose))
