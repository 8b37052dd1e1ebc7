import { ModelRefused } from '../model-refused.ts'
import type { ValueInfo } from '../onnx/onnx-contract.ts'

/** Graph inputs and outputs for the state before and after a row's tokens: h and c, float32 [layers, batch, hidden]. */
export const stateInputs = ['initial_h', 'initial_c'] as const
export const stateOutputs = ['final_h', 'final_c'] as const

/** How much state a row has. */
export interface StateShape {
  readonly layers: number
  readonly hidden: number
}

/** The state that a graph takes and gives; undefined when it has none. Refuses one that has it in part. */
export function stateShape(
  inputs: readonly ValueInfo[],
  outputs: readonly ValueInfo[],
): StateShape | undefined {
  const values = [
    ...stateInputs.map((name) => inputs.find((input) => input.name === name)),
    ...stateOutputs.map((name) => outputs.find((output) => output.name === name)),
  ]
  if (values.every((value) => value === undefined)) return undefined
  const [layers, batch, hidden] = values[0]?.shape ?? []
  const known = values.every(
    (value) => value?.type === 'float32' && value.shape?.length === 3 && sameShape(value, values[0]),
  )
  const takesRows = typeof batch === 'string' || batch === 1
  if (known && takesRows && typeof layers === 'number' && typeof hidden === 'number')
    return { layers, hidden }
  throw new ModelRefused(
    `its graph must have all or none of ${[...stateInputs, ...stateOutputs].join(', ')}, each float32 [layers, batch, hidden]`,
  )
}

function sameShape(left: ValueInfo | undefined, right: ValueInfo | undefined): boolean {
  return left?.shape?.[0] === right?.shape?.[0] && left?.shape?.[2] === right?.shape?.[2]
}
