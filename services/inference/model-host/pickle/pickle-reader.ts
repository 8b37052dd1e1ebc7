import { ModelRefused } from '../model-refused.ts'
import { exactNumber } from './numpy-scalar.ts'
import { PassedOver, type PickleValue } from './pickle-value.ts'

const newline = 0x0a
const longestLine = 256

/** Reads a pickle's bytes in order; every read is checked against what is left. */
export class PickleReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** How many bytes were read. */
  get at(): number {
    return this.#at
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

  /** `length` bytes; they share memory with the pickle. */
  bytes(length: number): Buffer {
    const start = this.#take(length)
    return this.#bytes.subarray(start, start + length)
  }

  /** A length of 8 bytes; one beyond what is left is refused by whoever takes it. */
  uint64(): number {
    return Number(this.#bytes.readBigUInt64LE(this.#take(8)))
  }

  /** A little-endian two's complement integer of `length` bytes; one that is no exact number is passed over. */
  integer(length: number): PickleValue {
    const digits = this.bytes(length)
    if (length > 8) return new PassedOver('an integer beyond exact numbers')
    const value = digits.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
    return exactNumber(BigInt.asIntN(8 * length, value))
  }

  #take(length: number): number {
    const start = this.#at
    if (length > this.#bytes.length - start)
      throw new ModelRefused('its pickle ends in the middle of a value')
    this.#at += length
    return start
  }
}
