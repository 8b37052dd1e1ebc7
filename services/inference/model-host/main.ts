import { type ChosenModel, chooseModel, NoModel } from './choose-model.ts'
import { chooseDevice } from './device/choose-device.ts'
import { devicesTogether } from './device/every-gpu.ts'
import { gpuProblem } from './device/gpu-problems.ts'
import { ModelWatch } from './files/watch-models.ts'
import { reasonOf } from './model-refused.ts'
import { packOutputs } from './pack-outputs.ts'
import { type PackedRows, unpackRows } from './pack-rows.ts'
import { type FromHost, gpuFailedExit, type LoadedModel, type LoadOrder, type ToHost } from './protocol.ts'
import type { Session } from './session.ts'

// The process that owns onnxruntime: its runs block the thread they are on, and it may crash or be killed.
process.title = 'podmate model-host'
process.umask(0o077)
process.once('disconnect', () => process.exit(0))

let session: Session | undefined
const watch = new ModelWatch((seen) => send({ type: 'seen', seen }))

function send(message: FromHost): void {
  process.send?.(message, () => {}) // nobody is left to hear of what could not be sent
}

async function load(order: LoadOrder): Promise<void> {
  try {
    const device = await chooseDevice(order.device)
    const chosen = await chooseModel(order, device, (progress) => send({ type: 'progress', progress }))
    session = chosen.ready.session
    send({ type: 'loaded', model: describe(chosen, order) })
    globalThis.gc?.() // the copies that were made on the way are several times the model
  } catch (error) {
    const rejected = error instanceof NoModel ? error.rejected : []
    send({ type: 'refused', reason: reasonOf(error), rejected })
  }
}

function describe(
  { ready, version, source, rejected, device: chosen }: ChosenModel,
  order: LoadOrder,
): LoadedModel {
  const { path, file, session: opened } = ready
  const { device, nodes } = opened
  const devices = devicesTogether(order.device, device)
  const deviceRequested = order.device
  const facts = { path, version, source, ...file, device, deviceRequested, devices, nodes, rejected }
  return { ...facts, warnings: chosen.warnings, gpuLater: chosen.passing !== undefined }
}

async function run(id: number, rows: PackedRows): Promise<void> {
  try {
    if (session === undefined) throw new Error('no model is loaded')
    const startedAt = performance.now()
    const outputs = packOutputs(await session.run(unpackRows(rows)))
    send({ type: 'outputs', id, outputs, runMs: performance.now() - startedAt })
  } catch (error) {
    endIfGpuFailed(error instanceof Error ? error.message : String(error))
    send({ type: 'failed', id, reason: reasonOf(error) })
  }
}

/** Memory that a GPU has no more of comes back with the end of the process, and a lost GPU only to a new one. */
function endIfGpuFailed(reason: string): void {
  const problem = session?.device === 'cpu' ? undefined : gpuProblem(reason)
  if (problem === undefined) return
  process.stderr.write(`${session?.device} failed: ${problem.text}\n`)
  process.exit(gpuFailedExit)
}

process.on('message', (message) => {
  const order = message as ToHost // the channel's other end is host-process.ts, which sends nothing else
  if (order.type === 'load') void load(order.order)
  else if (order.type === 'watch') watch.follow(order.order)
  else void run(order.id, order.rows)
})
