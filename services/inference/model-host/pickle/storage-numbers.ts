const servedSizes: Readonly<Record<string, number>> = { float32: 4, float64: 8, float16: 2, bfloat16: 2 }
const otherSizes: Readonly<Record<string, number>> = {
  ...{ int64: 8, int32: 4, int16: 2, int8: 1, uint8: 1, bool: 1, complex64: 8, complex128: 16 },
  ...{ qint8: 1, quint8: 1, qint32: 4, quint4x2: 1, quint2x4: 1 },
}

/** Whether numbers of a type, by torch's name, can be weights. */
export function isServed(dtype: string): boolean {
  return dtype in servedSizes
}

/** How many bytes one element of a storage takes; undefined for types that storages do not have. */
export function elementBytes(dtype: string): number | undefined {
  return servedSizes[dtype] ?? otherSizes[dtype]
}

/**
 * The numbers of a storage as float32, by torch's name of their type; a rest shorter than one number is left out.
 * Float32 numbers share memory with `bytes`, which big-endian ones are turned around in.
 */
export function float32s(bytes: Buffer<ArrayBuffer>, dtype: string, isBigEndian: boolean): Float32Array {
  const size = servedSizes[dtype]
  if (size === undefined) throw new Error(`${dtype} is no floating-point type that is served`)
  const whole = bytes.subarray(0, bytes.length - (bytes.length % size))
  if (isBigEndian) swap(whole, size)
  const count = whole.length / size
  const { buffer, byteOffset } = whole
  if (dtype === 'float64') return Float32Array.from(new Float64Array(buffer, byteOffset, count))
  if (dtype === 'float16') return Float32Array.from(new Float16Array(buffer, byteOffset, count))
  if (dtype === 'float32') return new Float32Array(buffer, byteOffset, count)
  // A bfloat16 is the upper half of a float32.
  const upper = Uint32Array.from(new Uint16Array(buffer, byteOffset, count), (half) => half << 16)
  return new Float32Array(upper.buffer)
}

function swap(bytes: Buffer, size: number): void {
  if (size === 2) bytes.swap16()
  else if (size === 4) bytes.swap32()
  else bytes.swap64()
}
