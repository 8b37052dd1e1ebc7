import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { encodePlanes } from '../../../../services/inference/families/lc0/planes.ts'
import { loadModel, type ReadyModel } from '../../../../services/inference/model-host/load-model.ts'
import { checkLc0Contract } from '../../../../services/inference/model-host/onnx/lc0-contract.ts'
import type { ValueInfo } from '../../../../services/inference/model-host/onnx/onnx-contract.ts'
import type { Output, Row } from '../../../../services/inference/model-host/protocol.ts'
import { historyOf } from '../../../fixtures/inference/lc0-history.ts'
import { type Lc0NetOptions, lc0Net, plainScores } from '../../../fixtures/inference/lc0-net.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podmate-lc0-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function loaded(options: Lc0NetOptions = {}, side?: object): Promise<ReadyModel> {
  const path = join(folder, 'net.onnx')
  await writeFile(path, lc0Net(options))
  if (side !== undefined) await writeFile(join(folder, 'net.json'), JSON.stringify(side))
  const candidate = { path, bytes: 1, mtimeMs: 0 }
  return loadModel(candidate, { device: { type: 'cpu' }, threads: 1, onStage: () => {} })
}

async function answers(options: Lc0NetOptions, rows: readonly Row[]): Promise<readonly Output[]> {
  const { session } = await loaded(options)
  const outputs = await session.run(rows)
  await session.release()
  return outputs
}

const games = [[], ['e2e4'], ['d2d4', 'g8f6', 'c2c4'], ['e2e4', 'e7e5', 'e1e2', 'e8e7']]
const rows = games.map((moves) => ({ kind: 'planes', planes: encodePlanes(historyOf(moves)) }) as const)

describe('an Lc0 net', () => {
  test.each([
    ['its names alone', undefined],
    ['its side file', { model_family: 'lc0' }],
    ['its names beside a side file that names no family', { elo: 1900 }],
  ])('is known by %s', async (_name, side) => {
    const { file, session } = await loaded({}, side)
    expect(file.family).toBe('lc0')
    await session.release()
  })

  test('is served when its side file or its metadata names the planes that it takes', async () => {
    const { session } = await loaded({}, { input_format: 'INPUT_CLASSICAL_112_PLANE' })
    await session.release()
    const other = await loaded({ metadata: { input_format: 'INPUT_CLASSICAL_112_PLANE' } })
    await other.session.release()
  })

  test.each([
    ['its side file', {}, { input_format: 'INPUT_112_WITH_CASTLING_PLANE' }],
    ['its metadata', { metadata: { input_format: 'INPUT_112_WITH_CASTLING_PLANE' } }, undefined],
  ])('with other planes by %s is refused by their name', async (_name, options, side) => {
    await expect(loaded(options, side)).rejects.toThrow(
      'its input_format is "INPUT_112_WITH_CASTLING_PLANE"; INPUT_CLASSICAL_112_PLANE is served',
    )
  })

  test.each([
    ['a free batch', {}],
    ['a batch of one', { batch: 1 }],
  ])('with %s answers several positions as each alone, in their order', async (_name, options) => {
    const outputs = await answers(options, rows)
    expect(outputs).toHaveLength(rows.length)
    for (const [index, { planes }] of rows.entries()) {
      const expected = plainScores(planes)
      const scores = outputs[index]?.scores ?? new Float32Array(0)
      expect(scores).toHaveLength(1858)
      expect(Math.max(...expected.map((score, move) => Math.abs(score - (scores[move] ?? 0))))).toBeLessThan(
        1e-4,
      )
    }
  })

  test('tells win, draw and loss, and the value that they come to', async () => {
    const [output] = await answers({ movesLeft: true }, rows.slice(0, 1))
    expect(output?.wdl?.map((share) => share.toFixed(4))).toEqual(['0.5000', '0.3333', '0.1667'])
    expect(output?.value).toBeCloseTo(1 / 3, 6)
    expect(output?.movesLeft).toBe(30)
  })

  test('of the older kind tells a value and no more', async () => {
    const [output] = await answers({ head: 'value' }, rows.slice(0, 1))
    expect(output?.value).toBe(0.25)
    expect(output).not.toHaveProperty('wdl')
    expect(output).not.toHaveProperty('movesLeft')
  })

  test('does not take tokens', async () => {
    const token: Row = { kind: 'tokens', tokens: [1], winner: 0, phase: 0, side: 0 }
    await expect(answers({}, [token])).rejects.toThrow('takes 112 planes, not tokens')
  })
})

describe('an .onnx is refused as an Lc0 net', () => {
  test.each([
    ['without a value', { head: 'none' }, 'neither the output /output/wdl nor /output/value'],
    [
      'with another number of moves',
      { moves: 1968 },
      '/output/policy is float32 [batch, 1968]; expected float32 [1, 1858]',
    ],
    [
      'with a fixed batch',
      { batch: 16 },
      '/input/planes is float32 [16, 112, 8, 8]; expected float32 [1, 112, 8, 8]',
    ],
    ['whose wdl is no probability', { wdl: [3, 1, -2] }, '/output/wdl holds no probabilities: 3, 1, -2'],
    ['that answers NaN', { wdl: [Number.NaN, 0, 1] }, 'not finite'],
  ] as const)('%s', async (_name, options, says) => {
    await expect(loaded(options)).rejects.toThrow(says)
  })

  test('when its side file says that it is another family', async () => {
    await expect(
      loaded({}, { model_family: 'next_move_lstm', vocab: { '<PAD>': 0, '<UNK>': 1 } }),
    ).rejects.toThrow('lacks the input tokens')
    await expect(loaded({}, { model_family: 'maia' })).rejects.toThrow(
      '"maia"; next_move_lstm and lc0 are served',
    )
  })

  test('when its file is cut short', async () => {
    await writeFile(join(folder, 'half.onnx'), lc0Net().subarray(0, 100_000))
    const candidate = { path: join(folder, 'half.onnx'), bytes: 1, mtimeMs: 0 }
    const options = { device: { type: 'cpu' }, threads: 1, onStage: () => {} } as const
    await expect(loadModel(candidate, options)).rejects.toThrow('no complete ONNX file')
  })
})

describe('checkLc0Contract()', () => {
  const planes: ValueInfo = {
    name: '/input/planes',
    isTensor: true,
    type: 'float32',
    shape: ['batch', 112, 8, 8],
  }
  const policy: ValueInfo = {
    name: '/output/policy',
    isTensor: true,
    type: 'float32',
    shape: ['batch', 1858],
  }
  const wdl: ValueInfo = { name: '/output/wdl', isTensor: true, type: 'float32', shape: ['batch', 3] }

  test('takes both kinds of value, and more outputs than are asked for', () => {
    expect(checkLc0Contract([planes], [policy, wdl])).toBeUndefined()
    const value = { ...wdl, name: '/output/value', shape: ['batch', 1] }
    expect(checkLc0Contract([planes], [policy, value, { ...wdl, name: '/output/extra' }])).toBeUndefined()
  })

  test.each([
    ['16-bit numbers', [{ ...planes, type: 'float16' }], [policy, wdl], '--onnx-data-type=f32'],
    ['another input', [planes, { ...planes, name: 'elo' }], [policy, wdl], 'has the input elo'],
    ['no planes', [], [policy, wdl], 'lacks the input /input/planes'],
    ['another wdl', [planes], [policy, { ...wdl, shape: ['batch', 2] }], '/output/wdl is float32 [batch, 2]'],
  ])('refuses %s', (_name, inputs, outputs, says) => {
    expect(() => checkLc0Contract(inputs, outputs)).toThrow(says)
  })
})
