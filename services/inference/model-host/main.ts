import { chooseDevice } from './choose-device.ts'
import { type ChosenModel, chooseModel, NoModel } from './choose-model.ts'
import { devicesTogether } from './every-gpu.ts'
import { packOutputs } from './pack-outputs.ts'
import { type PackedRows, unpackRows } from './pack-rows.ts'
import type { FromHost, LoadedModel, LoadOrder, ToHost } from './protocol.ts'
import type { Session } from './session.ts'

// The process that owns onnxruntime: its runs block the thread they are on, and it may crash or be killed.
process.title = 'podmate model-host'
process.once('disconnect', () => process.exit(0))

let session: Session | undefined

function send(message: FromHost): void {
  process.send?.(message)
}

async function load(order: LoadOrder): Promise<void> {
  try {
    const device = await chooseDevice(order.device)
    const chosen = await chooseModel(order, device, (progress) => send({ type: 'progress', progress }))
    session = chosen.ready.session
    send({ type: 'loaded', model: describe(chosen, device.warnings, order) })
  } catch (error) {
    const rejected = error instanceof NoModel ? error.rejected : []
    send({ type: 'refused', reason: error instanceof Error ? error.message : String(error), rejected })
  }
}

function describe(
  { ready, source, rejected }: ChosenModel,
  warnings: readonly string[],
  order: LoadOrder,
): LoadedModel {
  const { path, file, session: opened } = ready
  const { device, nodes } = opened
  const devices = devicesTogether(order.device, device)
  const deviceRequested = order.device
  return { path, source, ...file, device, deviceRequested, devices, nodes, rejected, warnings }
}

async function run(id: number, rows: PackedRows): Promise<void> {
  try {
    if (session === undefined) throw new Error('no model is loaded')
    const startedAt = performance.now()
    const outputs = packOutputs(await session.run(unpackRows(rows)))
    send({ type: 'outputs', id, outputs, runMs: performance.now() - startedAt })
  } catch (error) {
    send({ type: 'failed', id, reason: error instanceof Error ? error.message : String(error) })
  }
}

process.on('message', (message) => {
  const order = message as ToHost // the channel's other end is host-process.ts, which sends nothing else
  if (order.type === 'load') void load(order.order)
  else if (order.type === 'run') void run(order.id, order.rows)
})
