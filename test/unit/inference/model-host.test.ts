import { describe, expect, test } from 'vitest'
import type { HostProcess } from '../../../services/inference/hosts/host-process.ts'
import { LoadRefused, ModelHost } from '../../../services/inference/hosts/model-host.ts'
import { packOutputs } from '../../../services/inference/model-host/pack-outputs.ts'
import type {
  FromHost,
  LoadedModel,
  LoadOrder,
  LoadProgress,
  Row,
  ToHost,
} from '../../../services/inference/model-host/protocol.ts'
import type { Ending } from '../../../supervisor/events.ts'

const order: LoadOrder = {
  modelPath: 'latest',
  artifactDirs: [],
  bundledModel: '/demo.pt',
  device: 'cpu',
  threads: 1,
  skip: [],
}
const model: LoadedModel = {
  path: '/demo.pt',
  source: 'bundled',
  family: 'next_move_lstm',
  parameters: 1,
  tokens: ['<PAD>', '<UNK>'],
  unknownId: 1,
  device: 'cpu',
  deviceRequested: 'cpu',
  nodes: {},
  rejected: [],
  warnings: [],
}
const row: Row = { kind: 'tokens', tokens: [1], winner: 0, phase: 1, side: 0 }
const rows = [row]
const outputsOf = (id: number) => ({ outputs: [{ scores: Float32Array.of(id) }], runMs: 1 })
const packed = (id: number) => ({ outputs: packOutputs(outputsOf(id).outputs), runMs: 1 })
const killed: Ending = { ok: false, exitCode: null, signal: 'SIGKILL', reason: 'signal SIGKILL' }

/** The other end of the channel, played by the test. */
function scripted() {
  const ended = Promise.withResolvers<Ending>()
  const sent: ToHost[] = []
  let tell: (message: FromHost) => void = () => {}
  let kills = 0
  const process: HostProcess = {
    pid: 1,
    ended: ended.promise,
    send: (message) => void sent.push(message),
    onMessage: (listener) => {
      tell = listener
    },
    kill: () => {
      kills += 1
    },
    end: async () => {},
  }
  return {
    process,
    sent,
    say: (message: FromHost) => tell(message),
    die: () => ended.resolve(killed),
    kills: () => kills,
  }
}

function hostOn(script: ReturnType<typeof scripted>, patience = { loadMs: 5000, answerMs: 5000 }) {
  return new ModelHost(script.process, patience)
}

describe('ModelHost.load()', () => {
  test('gives the model and passes progress on', async () => {
    const script = scripted()
    const heard: LoadProgress[] = []
    const loaded = hostOn(script).load(order, (progress) => heard.push(progress))
    script.say({ type: 'progress', progress: { stage: 'read', path: '/demo.pt', bytesRead: 1 } })
    script.say({ type: 'loaded', model })
    expect(await loaded).toBe(model)
    expect(heard).toEqual([{ stage: 'read', path: '/demo.pt', bytesRead: 1 }])
    expect(script.sent).toEqual([{ type: 'load', order }])
  })

  test('rejects with what was looked at when nothing can be served', async () => {
    const script = scripted()
    const loaded = hostOn(script).load(order, () => {})
    script.say({
      type: 'refused',
      reason: 'No valid model.',
      rejected: [{ path: '/a.pt', reason: 'it is empty' }],
    })
    await expect(loaded).rejects.toThrow(LoadRefused)
    await expect(loaded).rejects.toMatchObject({ rejected: [{ path: '/a.pt', reason: 'it is empty' }] })
  })

  test('rejects when the host dies, after it told what it was at', async () => {
    const script = scripted()
    const heard: LoadProgress[] = []
    const host = hostOn(script)
    const loaded = host.load(order, (progress) => heard.push(progress))
    const progress: LoadProgress = { stage: 'prepare', path: '/bad.pt', version: 'v1' }
    script.say({ type: 'progress', progress })
    script.die()
    await expect(loaded).rejects.toThrow('signal SIGKILL')
    expect(heard).toEqual([progress])
  })

  test('kills a host that says nothing for too long, but not one that goes on', async () => {
    const script = scripted()
    const host = hostOn(script, { loadMs: 60, answerMs: 5000 })
    const loaded = host.load(order, () => {})
    await expect(loaded).rejects.toThrow('was silent for 0.06 s while loading and was killed')
    expect(script.kills()).toBe(1)
    expect((await host.ended).reason).toContain('silent')
  })
})

describe('ModelHost.run()', () => {
  test('gives each question its own answer, in whatever order they come', async () => {
    const script = scripted()
    const host = hostOn(script)
    const questions = [host.run(rows), host.run(rows), host.run(rows)]
    for (const id of [3, 1]) script.say({ type: 'outputs', id, ...packed(id) })
    script.say({ type: 'failed', id: 2, reason: 'out of memory' })
    const [first, second, third] = await Promise.allSettled(questions)
    expect(first).toMatchObject({ value: outputsOf(1) })
    expect(second).toMatchObject({ reason: new Error('out of memory') })
    expect(third).toMatchObject({ value: outputsOf(3) })
  })

  test('rejects every open question when the host dies', async () => {
    const script = scripted()
    const host = hostOn(script)
    const questions = [host.run(rows), host.run(rows)]
    script.die()
    for (const question of questions) await expect(question).rejects.toThrow('signal SIGKILL')
    expect(await host.ended).toEqual(killed)
    await expect(host.run(rows)).rejects.toThrow('signal SIGKILL') // and every later one, at once
  })

  test('kills a host that does not answer, and does not wait for its end', async () => {
    const script = scripted()
    const host = hostOn(script, { loadMs: 5000, answerMs: 30 })
    await expect(host.run(rows)).rejects.toThrow('gave no answer for 0.03 s and was killed')
    expect(script.kills()).toBe(1)
    expect((await host.ended).signal).toBe('SIGKILL')
  })

  test('ignores an answer that nobody waits for', () => {
    const script = scripted()
    hostOn(script)
    expect(() => script.say({ type: 'outputs', id: 99, ...packed(99) })).not.toThrow()
  })
})
