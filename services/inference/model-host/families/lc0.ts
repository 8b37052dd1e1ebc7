import { type InferenceSession, Tensor } from 'onnxruntime-node'
import type { HostFamily } from '../family.ts'
import { ModelRefused } from '../model-refused.ts'
import { checkLc0Contract, lc0Moves, lc0Names, lc0Planes } from '../onnx/lc0-contract.ts'
import type { Output, PlaneRow, Row } from '../protocol.ts'

const rowLength = lc0Planes * 64

/** 112 planes in; a score for each of 1858 moves and what the game is worth out. */
export const lc0: HostFamily = {
  checkContract: checkLc0Contract,
  warmUp: { kind: 'planes', planes: new Float32Array(rowLength) },
  runner: (session) => {
    const fetches = Object.values(lc0Names).filter((name) => session.outputNames.includes(name))
    const oneByOne = batchLength(session) === 1
    return async (rows) => {
      if (!oneByOne) return runBatch(session, rows, fetches)
      const outputs: Output[] = []
      for (const row of rows) outputs.push(...(await runBatch(session, [row], fetches)))
      return outputs
    }
  },
}

function batchLength(session: InferenceSession): number | string | undefined {
  const [input] = session.inputMetadata
  return input?.isTensor ? input.shape[0] : undefined
}

async function runBatch(
  session: InferenceSession,
  rows: readonly Row[],
  fetches: readonly string[],
): Promise<readonly Output[]> {
  const planes = new Float32Array(rows.length * rowLength)
  for (const [index, row] of rows.entries()) planes.set(planeRow(row).planes, index * rowLength)
  const input = new Tensor('float32', planes, [rows.length, lc0Planes, 8, 8])
  const results = await session.run({ [lc0Names.planes]: input }, fetches)
  return rows.map((_row, index) => outputOf(results, index, rows.length))
}

function planeRow(row: Row): PlaneRow {
  if (row.kind === 'planes' && row.planes.length === rowLength) return row
  throw new Error(`an Lc0 net takes ${lc0Planes} planes, not ${row.kind}`)
}

function outputOf(results: InferenceSession.ReturnType, index: number, rows: number): Output {
  const part = (name: string, length: number) => partOf(results[name], { name, length, index, rows })
  const scores = part(lc0Names.policy, lc0Moves)
  if (scores === undefined) throw new ModelRefused(`its graph did not return ${lc0Names.policy}`)
  const [win, draw, loss] = part(lc0Names.wdl, 3) ?? []
  const [value] = part(lc0Names.value, 1) ?? []
  const [movesLeft] = part(lc0Names.movesLeft, 1) ?? []
  return {
    scores,
    ...(value === undefined ? {} : { value }),
    ...(win === undefined || draw === undefined || loss === undefined ? {} : fromWdl([win, draw, loss])),
    ...(movesLeft === undefined ? {} : { movesLeft }),
  }
}

interface Part {
  readonly name: string
  readonly length: number
  readonly index: number
  readonly rows: number
}

/** The numbers of one row; undefined when the graph has no such output. */
function partOf(result: Tensor | undefined, { name, length, index, rows }: Part): Float32Array | undefined {
  if (result === undefined) return undefined
  const { data } = result
  if (!(data instanceof Float32Array) || data.length !== rows * length)
    throw new ModelRefused(`its output ${name} is not ${length} float32 numbers for each position`)
  const part = data.slice(index * length, (index + 1) * length)
  if (!part.every(Number.isFinite))
    throw new ModelRefused('it answers with numbers that are not finite (NaN or infinity)')
  return part
}

const roundingOf16Bit = 0.01

function fromWdl(wdl: readonly [number, number, number]): Pick<Output, 'wdl' | 'value'> {
  const [win, draw, loss] = wdl
  if (Math.min(...wdl) < 0 || Math.abs(win + draw + loss - 1) > roundingOf16Bit)
    throw new ModelRefused(`its output ${lc0Names.wdl} holds no probabilities: ${wdl.join(', ')}`)
  return { wdl, value: win - loss }
}
