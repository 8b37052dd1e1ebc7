import type { ModelFile } from './files/model-file.ts'
import { ModelRefused } from './model-refused.ts'
import type { Int8Serving, Output, Row } from './protocol.ts'
import type { Session } from './session.ts'

const squares = 64
const planes = 112

/** How far two runs may differ, as a share of the largest score: a GPU multiplies with fewer digits, 8 bits have few. */
const tolerances = { cpu: 1e-4, gpu: 2e-2, int8: 1e-1 } as const

type Facts = Pick<ModelFile, 'family' | 'tokens' | 'unknownId'> & { readonly int8?: Int8Serving }

/**
 * Asks a model fixed questions before it serves. Throws ModelRefused when it gives every move the same score, when it does
 * not say the same twice, or when it answers a question differently in company than alone.
 */
export async function checkGoldenInputs(file: Facts, { run, device }: Pick<Session, 'run' | 'device'>) {
  const rows = goldenRows(file)
  const alone: Output[] = []
  for (const row of rows) alone.push(...(await run([row])))
  const together = await run(rows)
  const again = await run(rows)
  const tolerance = tolerances[file.int8?.served ? 'int8' : device === 'cpu' ? 'cpu' : 'gpu']
  for (const [at, output] of alone.entries()) {
    if (!output.scores.every(Number.isFinite))
      throw new ModelRefused('it answers a fixed test position with numbers that are not finite')
    demandAlike(output, together[at], tolerance, 'differently when it is asked several things at once')
    demandAlike(together[at], again[at], tolerance, 'differently when it is asked again')
  }
  if (alone.every(({ scores }) => scores.every((score) => score === scores[0])))
    throw new ModelRefused(
      'it gives every move the same score: it has learnt nothing, or its weights are lost',
    )
}

/** The fixed questions of a family: short and long, every feature at its ends. Pure. */
export function goldenRows({ family, tokens, unknownId }: Facts): readonly Row[] {
  if (family === 'lc0')
    return [planeRow(() => 0), planeRow(checkered), planeRow((at) => (at % 7 === 0 ? 1 : 0))]
  const id = (at: number) => (2 + at * 5) % tokens.length
  const row = (length: number, winner: number, phase: number): Row => ({
    kind: 'tokens',
    tokens: Array.from({ length }, (_none, at) => id(at + winner)),
    winner,
    phase,
    side: length % 2,
  })
  const empty: Row = { kind: 'tokens', tokens: [unknownId], winner: 0, phase: 1, side: 0 }
  return [empty, row(1, 0, 1), row(2, 1, 1), row(7, 2, 2), row(24, 3, 3), row(3, 0, 0)]
}

function planeRow(value: (at: number) => number): Row {
  return { kind: 'planes', planes: Float32Array.from({ length: planes * squares }, (_none, at) => value(at)) }
}

function checkered(at: number): number {
  return (Math.floor(at / 8) + at) % 2
}

function demandAlike(
  one: Output | undefined,
  other: Output | undefined,
  tolerance: number,
  how: string,
): void {
  const [left, right] = [[...(one?.scores ?? [])], [...(other?.scores ?? [])]]
  const largest = left.reduce((most, score) => Math.max(most, Math.abs(score)), 1)
  const alike =
    left.length === right.length && left.every((score, at) => isNear(score, right[at], tolerance * largest))
  if (!alike) throw new ModelRefused(`it answers a fixed test position ${how}`)
}

function isNear(left: number, right: number | undefined, distance: number): boolean {
  return right !== undefined && Math.abs(left - right) <= distance
}
