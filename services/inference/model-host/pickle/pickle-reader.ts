import { ModelRefused } from '../model-refused.ts'

const newline = 0x0a
const longestLine = 256

/** Reads a pickle's bytes in order; every read is checked against what is left. */
export class PickleReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  uint8(): number {
    return this.#bytes.readUInt8(this.#take(1))
  }

  uint16(): number {
    return this.#bytes.readUInt16LE(this.#take(2))
  }

  int32(): number {
    return this.#bytes.readInt32LE(this.#take(4))
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#take(4))
  }

  float64(): number {
    return this.#bytes.readDoubleBE(this.#take(8))
  }

  skip(length: number): void {
    this.#take(length)
  }

  /** UTF-8 text of `length` bytes. */
  text(length: number): string {
    const start = this.#take(length)
    return this.#bytes.toString('utf8', start, start + length)
  }

  /** Text up to the next line break, which is read too. */
  line(): string {
    const end = this.#bytes.indexOf(newline, this.#at)
    if (end < 0 || end - this.#at > longestLine) throw new ModelRefused('its pickle holds an endless name')
    const line = this.text(end - this.#at)
    this.skip(1)
    return line
  }

  /** A little-endian two's complement integer of `length` bytes. */
  integer(length: number): number {
    if (length > 8) throw new ModelRefused(`its pickle holds an integer of ${length} bytes`)
    let value = 0n
    for (let index = 0; index < length; index += 1) value |= BigInt(this.uint8()) << BigInt(8 * index)
    return safeNumber(BigInt.asIntN(8 * length, value))
  }

  #take(length: number): number {
    const start = this.#at
    if (length > this.#bytes.length - start)
      throw new ModelRefused('its pickle ends in the middle of a value')
    this.#at += length
    return start
  }
}

function safeNumber(value: bigint): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number))
    throw new ModelRefused(`its pickle holds the integer ${value}, which is out of range`)
  return number
}
