/** Per name: lowest value and its step, highest value and its step. A lowest value of NaN: the name has none here. */
export type Extremes = Float64Array

const fields = 4

/** Extremes of `names` names, none of which has a value yet. */
export function noExtremes(names: number): Extremes {
  return new Float64Array(names * fields).fill(Number.NaN)
}

export interface ExtremeOf {
  readonly lowest: number
  readonly lowestStep: number
  readonly highest: number
  readonly highestStep: number
}

/** What is known of the name at `position`; undefined when it has no value. Pure. */
export function extremeOf(extremes: Extremes, position: number): ExtremeOf | undefined {
  const at = position * fields
  const lowest = extremes[at] ?? Number.NaN
  if (Number.isNaN(lowest)) return undefined
  const [lowestStep = 0, highest = 0, highestStep = 0] = [
    extremes[at + 1],
    extremes[at + 2],
    extremes[at + 3],
  ]
  return { lowest, lowestStep, highest, highestStep }
}

/** Takes one value in. Of equal values the earlier step stays. */
export function includeValue(into: Extremes, position: number, value: number, step: number): void {
  const at = position * fields
  if (!(value >= (into[at] ?? Number.NaN))) {
    into[at] = value
    into[at + 1] = step
  }
  if (!(value <= (into[at + 2] ?? Number.NaN))) {
    into[at + 2] = value
    into[at + 3] = step
  }
}

/** Takes in what is known of a part; a part may know fewer names. */
export function includeExtremes(into: Extremes, part: Extremes): void {
  for (let position = 0; position < part.length / fields; position += 1) {
    const found = extremeOf(part, position)
    if (found === undefined) continue
    includeValue(into, position, found.lowest, found.lowestStep)
    includeValue(into, position, found.highest, found.highestStep)
  }
}

/** The bytes that are kept. */
export function packed(extremes: Extremes): Uint8Array {
  return new Uint8Array(extremes.buffer, extremes.byteOffset, extremes.byteLength)
}

/** From bytes that were kept, wherever they begin. */
export function unpacked(bytes: Uint8Array): Extremes {
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice()
  return new Float64Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 3)
}
