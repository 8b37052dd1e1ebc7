import type { Output } from './protocol.ts'

/** The outputs of a batch as typed arrays: all scores, and what else each output says, NaN where it does not. */
export interface PackedOutputs {
  readonly count: number
  readonly scores: Float32Array
  /** Win, draw, loss, value and moves left of each output. */
  readonly more: Float32Array
}

const moreLength = 5

/** Packs the outputs of one model, which have equally many scores each. */
export function packOutputs(outputs: readonly Output[]): PackedOutputs {
  const size = outputs[0]?.scores.length ?? 0
  const scores = new Float32Array(outputs.length * size)
  const more = new Float32Array(outputs.length * moreLength).fill(Number.NaN)
  for (const [index, { scores: own, wdl, value, movesLeft }] of outputs.entries()) {
    scores.set(own, index * size)
    if (wdl) more.set(wdl, index * moreLength)
    more.set([value ?? Number.NaN, movesLeft ?? Number.NaN], index * moreLength + 3)
  }
  return { count: outputs.length, scores, more }
}

/** The outputs that were packed, in their order; their scores share memory. */
export function unpackOutputs({ count, scores, more }: PackedOutputs): readonly Output[] {
  const size = scores.length / count
  return Array.from({ length: count }, (_none, index) => {
    const [
      win = Number.NaN,
      draw = Number.NaN,
      loss = Number.NaN,
      value = Number.NaN,
      movesLeft = Number.NaN,
    ] = more.subarray(index * moreLength, (index + 1) * moreLength)
    return {
      scores: scores.subarray(index * size, (index + 1) * size),
      ...(Number.isNaN(win) ? {} : { wdl: [win, draw, loss] as const }),
      ...(Number.isNaN(value) ? {} : { value }),
      ...(Number.isNaN(movesLeft) ? {} : { movesLeft }),
    }
  })
}
