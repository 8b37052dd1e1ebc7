import { InferenceSession } from 'onnxruntime-node'
import { type Device, deviceName } from './device/device.ts'
import { mainProvider, type ProviderUse, profileFolder } from './device/profile.ts'
import { familyOf } from './family.ts'
import type { ModelFile } from './files/model-file.ts'
import type { Output, Row } from './protocol.ts'

// Official builds send model facts and a device id to Microsoft unless this is set before the first session.
// biome-ignore lint/style/noProcessEnv: the library reads it from the environment only, in whatever process it is used
process.env.ORT_DISABLE_TELEMETRY = '1'

/** A model that has answered once. */
export interface Session {
  /** One output for each row, in their order. */
  run(rows: readonly Row[]): Promise<readonly Output[]>
  /** What the warm-up run used. */
  readonly device: string
  readonly nodes: Readonly<Record<string, number>>
  release(): Promise<void>
}

export interface OpenSettings {
  readonly threads: number
  /** What recurrent states may be kept. */
  readonly stateBytes?: number
  /** Told when the graph was read, before it runs. */
  readonly onOpen: () => void
}

/** Opens a session on a device, checks the graph's contract and runs it once under the profiler. */
export async function openSession(
  model: ModelFile,
  device: Device,
  { threads, stateBytes = 0, onOpen }: OpenSettings,
): Promise<Session> {
  await using profile = await profileFolder()
  const family = familyOf(model)
  const session = await createSession(model, { device, threads, profilePrefix: profile.prefix })
  try {
    onOpen()
    family.checkContract(session.inputMetadata, session.outputMetadata)
    const run = await family.runner(session, { stateBytes })
    await run([family.warmUp])
    session.endProfiling()
    const use = await profile.use()
    return { run, device: deviceThatRan(use, device), nodes: nodesOf(use), release: () => session.release() }
  } catch (error) {
    await session.release()
    throw error
  }
}

interface SessionSettings {
  readonly device: Device
  readonly threads: number
  readonly profilePrefix: string
}

async function createSession(
  { onnx }: ModelFile,
  { device, threads, profilePrefix }: SessionSettings,
): Promise<InferenceSession> {
  const cuda = device.type === 'cuda' ? [{ name: 'cuda', deviceId: device.index }] : []
  return InferenceSession.create(onnx, {
    executionProviders: [...cuda, 'cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 4, // what goes wrong is thrown as well
    enableProfiling: true,
    profileFilePrefix: profilePrefix,
    // Waking threads for each step of an LSTM costs a quarter of a run. They stop to spin with the run: else they would
    // burn a rented core and hide an idle pod from the watchdog.
    extra: {
      session: {
        intra_op: { allow_spinning: '1' },
        inter_op: { allow_spinning: '0' },
        force_spinning_stop: '1',
      },
    },
  })
}

function deviceThatRan(use: ProviderUse, asked: Device): string {
  return mainProvider(use) === 'CUDAExecutionProvider' ? deviceName(asked) : 'cpu'
}

function nodesOf(use: ProviderUse): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(use).map(([provider, { nodes }]) => [provider, nodes]))
}
