import { ModelRefused } from '../model-refused.ts'
import type { TensorRef } from '../pickle/pickle-value.ts'

/** Float32 numbers in row-major order. */
export interface Tensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** How many numbers a shape holds. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

/** The numbers of a view, laid out row by row; shares memory with `storage` when they already are. */
export function materialise(ref: TensorRef, storage: Float32Array): Tensor {
  const { shape, strides, offset } = ref
  const size = sizeOf(shape)
  const last = offset + shape.reduce((sum, length, axis) => sum + (length - 1) * (strides[axis] ?? 0), 0)
  if (size > 0 && last >= storage.length)
    throw new ModelRefused(`a tensor reaches beyond its storage ${ref.storage.key}`)
  if (size > storage.length) throw new ModelRefused(`a tensor is larger than its storage ${ref.storage.key}`)
  if (isRowMajor(shape, strides)) return { shape, data: storage.subarray(offset, offset + size) }
  const data = new Float32Array(size)
  for (let index = 0; index < size; index += 1)
    data[index] = storage[offset + place(index, shape, strides)] ?? 0
  return { shape, data }
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false
    expected *= shape[axis] ?? 1
  }
  return true
}

/** Where the `index`-th number in row-major order lies. */
function place(index: number, shape: readonly number[], strides: readonly number[]): number {
  let rest = index
  let at = 0
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    const length = shape[axis] ?? 1
    at += (rest % length) * (strides[axis] ?? 0)
    rest = Math.floor(rest / length)
  }
  return at
}
