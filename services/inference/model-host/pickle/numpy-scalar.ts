import { NumpyType, PassedOver, PickleBytes, type PickleValue } from './pickle-value.ts'

const longest = 4096
const charBytes = 4

type Read = (bytes: Buffer) => number | bigint | boolean

const numbers: Readonly<Record<string, Read>> = {
  b1: (bytes) => bytes.readUInt8() !== 0,
  i1: (bytes) => bytes.readInt8(),
  i2: (bytes) => bytes.readInt16LE(),
  i4: (bytes) => bytes.readInt32LE(),
  i8: (bytes) => bytes.readBigInt64LE(),
  u1: (bytes) => bytes.readUInt8(),
  u2: (bytes) => bytes.readUInt16LE(),
  u4: (bytes) => bytes.readUInt32LE(),
  u8: (bytes) => bytes.readBigUInt64LE(),
  f2: (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getFloat16(0, true),
  f4: (bytes) => bytes.readFloatLE(),
  f8: (bytes) => bytes.readDoubleLE(),
}

/** The number, truth value or text of numpy's `scalar(dtype, bytes)`; what is none of these is passed over. */
export function numpyScalar([type, bytes]: readonly PickleValue[]): PickleValue {
  const passedOver = new PassedOver('a numpy scalar')
  if (!(type instanceof NumpyType && bytes instanceof PickleBytes)) return passedOver
  if (!type.isLittleEndian || bytes.length > longest) return passedOver
  const isText = /^U\d+$/.test(type.name)
  const size = Number(type.name.slice(1)) * (isText ? charBytes : 1)
  if (bytes.length !== size) return passedOver
  if (isText) return textOf(bytes.read())
  const value = numbers[type.name]?.(bytes.read())
  if (typeof value === 'bigint') return exactNumber(value)
  return value ?? passedOver
}

/** An integer as a number where that is exact. */
export function exactNumber(value: bigint): PickleValue {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : new PassedOver('an integer beyond exact numbers')
}

/** UTF-32, filled up with zeros. */
function textOf(bytes: Buffer): PickleValue {
  const points = Array.from({ length: bytes.length / charBytes }, (_none, at) =>
    bytes.readUInt32LE(at * charBytes),
  )
  if (points.some((point) => point > 0x10ffff)) return new PassedOver('a numpy text')
  return String.fromCodePoint(...points).replace(/\0+$/, '')
}
