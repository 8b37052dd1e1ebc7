import { ModelRefused } from '../model-refused.ts'
import type { GraphNames } from './graph-names.ts'
import { checkValue, type ValueInfo } from './onnx-contract.ts'

/** The names that lc0's leela2onnx gives to a graph's input and outputs. */
export const lc0Names = {
  planes: '/input/planes',
  policy: '/output/policy',
  wdl: '/output/wdl',
  value: '/output/value',
  movesLeft: '/output/mlh',
} as const

export const lc0Planes = 112
/** Lc0's name for the planes that are served; other formats have as many, with other meanings. */
export const classicalPlanes = 'INPUT_CLASSICAL_112_PLANE'
export const lc0Moves = 1858

/** Whether a graph with these names is an Lc0 net. */
export function isLc0({ inputs, outputs }: GraphNames): boolean {
  return inputs.includes(lc0Names.planes) && outputs.includes(lc0Names.policy)
}

/** Refuses a graph that cannot be asked as an Lc0 net: names the value, what was expected and what it is. */
export function checkLc0Contract(inputs: readonly ValueInfo[], outputs: readonly ValueInfo[]): void {
  checkInputs(inputs)
  checkValue(outputs, 'output', { name: lc0Names.policy, type: 'float32', shape: [1, lc0Moves] })
  const has = (name: string) => outputs.some((output) => output.name === name)
  if (!has(lc0Names.wdl) && !has(lc0Names.value))
    throw new ModelRefused(`its graph has neither the output ${lc0Names.wdl} nor ${lc0Names.value}`)
  for (const [name, length] of optionalOutputs) {
    if (has(name)) checkValue(outputs, 'output', { name, type: 'float32', shape: [1, length] })
  }
}

const optionalOutputs = [
  [lc0Names.wdl, 3],
  [lc0Names.value, 1],
  [lc0Names.movesLeft, 1],
] as const

function checkInputs(inputs: readonly ValueInfo[]): void {
  const { planes } = lc0Names
  const other = inputs.find(({ name }) => name !== planes)
  if (other !== undefined)
    throw new ModelRefused(`its graph has the input ${other.name}; an Lc0 net has ${planes} alone`)
  if (inputs.some(({ type }) => type === 'float16' || type === 'bfloat16'))
    throw new ModelRefused('its graph takes 16-bit numbers; convert it with leela2onnx --onnx-data-type=f32')
  checkValue(inputs, 'input', { name: planes, type: 'float32', shape: [1, lc0Planes, 8, 8] })
}
