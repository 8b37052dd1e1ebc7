import type { Tensor } from '../onnx/tensor.ts'

/** A matrix in 8 bits, turned on its side as DynamicQuantizeLSTM takes it: weight = data x scale of its column. */
export interface Int8Weights {
  /** [columns, rows] of what it was made from. */
  readonly shape: readonly number[]
  readonly data: Int8Array
  /** One for each row of what it was made from. */
  readonly scales: Float32Array
}

const most = 127

/** Rounds a matrix [rows, columns] to whole numbers from -127 to 127, each row by its own scale, zero staying zero. Pure. */
export function quantizeWeights({ shape, data }: Tensor): Int8Weights {
  const [rows = 0, columns = 0] = shape
  const turned = new Int8Array(data.length)
  const scales = new Float32Array(rows)
  for (let row = 0; row < rows; row += 1) {
    const weights = data.subarray(row * columns, (row + 1) * columns)
    const scale = largest(weights) / most || 1
    scales[row] = scale
    for (const [column, weight] of weights.entries()) turned[column * rows + row] = Math.round(weight / scale)
  }
  return { shape: [columns, rows], data: turned, scales }
}

function largest(weights: Float32Array): number {
  return weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0)
}
