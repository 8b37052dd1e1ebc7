import { stateInputs } from '../lstm/lstm-state.ts'
import { featureInputs } from '../lstm/lstm-weights.ts'
import { ModelRefused } from '../model-refused.ts'

/** What onnxruntime says of one input or output; a dimension is a length or the name of one that varies. */
export interface ValueInfo {
  readonly name: string
  readonly isTensor: boolean
  readonly type?: string
  readonly shape?: readonly (number | string)[]
}

const rowInputs: readonly string[] = ['lengths', ...featureInputs]

/** Refuses a graph that cannot be asked as a NextMoveLSTM: names the value, what was expected and what it is. */
export function checkContract(
  inputs: readonly ValueInfo[],
  outputs: readonly ValueInfo[],
  vocabulary: number,
): void {
  checkValue(inputs, 'input', { name: 'tokens', type: 'int64', shape: [1, undefined] })
  checkValue(inputs, 'input', { name: 'lengths', type: 'int64', shape: [1] })
  for (const { name } of inputs) {
    if (name === 'tokens' || isState(name)) continue
    if (!rowInputs.includes(name)) {
      throw new ModelRefused(
        `its graph has the input ${name}; known are tokens, ${[...rowInputs, ...stateInputs].join(', ')}`,
      )
    }
    checkValue(inputs, 'input', { name, type: 'int64', shape: [1] })
  }
  checkValue(outputs, 'output', { name: 'logits', type: 'float32', shape: [1, vocabulary] })
}

/** What lstm-state.ts checks. */
function isState(name: string): boolean {
  return stateInputs.some((input) => input === name)
}

/** `undefined` in a shape: the length must be free. A free length fits every expected one. */
interface Expected {
  readonly name: string
  readonly type: string
  readonly shape: readonly (number | undefined)[]
}

/** Refuses a value that is missing, or of another type or shape. */
export function checkValue(
  values: readonly ValueInfo[],
  kind: string,
  { name, type, shape }: Expected,
): void {
  const wanted = `${type} [${shape.map((length) => length ?? 'free').join(', ')}]`
  const found = values.find((value) => value.name === name)
  if (found === undefined) throw new ModelRefused(`its graph lacks the ${kind} ${name}, ${wanted}`)
  const actual = found.shape ?? []
  const fits =
    actual.length === shape.length &&
    actual.every((length, axis) => typeof length === 'string' || length === shape[axis])
  if (found.type === type && fits) return
  throw new ModelRefused(
    `its graph's ${kind} ${name} is ${found.type ?? 'no tensor'} [${actual.join(', ')}]; expected ${wanted}`,
  )
}
