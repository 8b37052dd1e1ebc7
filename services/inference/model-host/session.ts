import { InferenceSession, Tensor } from 'onnxruntime-node'
import { type Device, deviceName } from './device.ts'
import type { ModelFile } from './model-file.ts'
import { ModelRefused } from './model-refused.ts'
import { checkContract } from './onnx-contract.ts'
import { mainProvider, type ProviderUse, profileFolder } from './profile.ts'
import type { Row } from './protocol.ts'

// Official builds send model facts and a device id to Microsoft unless this is set before the first session.
// biome-ignore lint/style/noProcessEnv: the library reads it from the environment only, in whatever process it is used
process.env.ORT_DISABLE_TELEMETRY = '1'

/** A model that has answered once. */
export interface Session {
  /** One score for each token of the vocabulary. */
  run(row: Row): Promise<Float32Array>
  /** What the warm-up run used. */
  readonly device: string
  readonly nodes: Readonly<Record<string, number>>
  release(): Promise<void>
}

/** Opens a session on a device, checks the graph's contract and runs it once under the profiler. */
export async function openSession(
  model: ModelFile,
  device: Device,
  { threads, onOpen }: { readonly threads: number; readonly onOpen: () => void },
): Promise<Session> {
  await using profile = await profileFolder()
  const session = await createSession(model, { device, threads, profilePrefix: profile.prefix })
  try {
    onOpen()
    checkContract(session.inputMetadata, session.outputMetadata, model.tokens.length)
    const run = async (row: Row) => checkedScores(await runOnce(session, row), model.tokens.length)
    await run(warmUpRow(model))
    session.endProfiling()
    const use = await profile.use()
    return { run, device: deviceThatRan(use, device), nodes: nodesOf(use), release: () => session.release() }
  } catch (error) {
    await session.release()
    throw error
  }
}

function warmUpRow({ unknownId }: ModelFile): Row {
  return { tokens: [unknownId, unknownId], winner: 0, phase: 0, side: 0 }
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
    // Spinning threads would burn a rented core and hide an idle pod from the watchdog.
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
  })
}

async function runOnce(
  session: InferenceSession,
  { tokens, winner, phase, side }: Row,
): Promise<Float32Array> {
  const values: Readonly<Record<string, Tensor>> = {
    tokens: int64(tokens, [1, tokens.length]),
    lengths: int64([tokens.length], [1]),
    winner_ids: int64([winner], [1]),
    phase_ids: int64([phase], [1]),
    side_to_move_ids: int64([side], [1]),
  }
  const asked = Object.entries(values).filter(([name]) => session.inputNames.includes(name))
  const { logits } = await session.run(Object.fromEntries(asked), ['logits'])
  if (!(logits?.data instanceof Float32Array))
    throw new ModelRefused('its graph did not return float32 logits')
  return logits.data
}

function int64(values: readonly number[], dims: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), dims)
}

function checkedScores(scores: Float32Array, vocabulary: number): Float32Array {
  if (scores.length !== vocabulary) {
    throw new ModelRefused(`its graph returns ${scores.length} scores for a vocabulary of ${vocabulary}`)
  }
  if (!scores.every(Number.isFinite)) {
    throw new ModelRefused('it answers with numbers that are not finite (NaN or infinity)')
  }
  return scores
}

function deviceThatRan(use: ProviderUse, asked: Device): string {
  return mainProvider(use) === 'CUDAExecutionProvider' ? deviceName(asked) : 'cpu'
}

function nodesOf(use: ProviderUse): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(use).map(([provider, { nodes }]) => [provider, nodes]))
}
