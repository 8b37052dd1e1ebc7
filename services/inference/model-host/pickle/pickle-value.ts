/** What a checkpoint's pickle may hold: plain values, lists (tuples too), dictionaries, tensors by reference, and what is passed over. */
export type PickleValue =
  | null
  | boolean
  | number
  | string
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleGlobal
  | PickleBytes
  | NumpyType
  | PassedOver
  | StorageRef
  | TensorRef

/** `type` can be made an instance of, `function` called, `constant` neither. */
export type GlobalKind = 'type' | 'function' | 'constant'

/** A name that the pickle refers to. Nothing is ever imported or called by it. */
export class PickleGlobal {
  readonly name: string
  readonly kind: GlobalKind

  constructor(name: string, kind: GlobalKind) {
    this.name = name
    this.kind = kind
  }
}

/** Bytes, kept as they were written: a text is turned into bytes only where they are wanted. */
export class PickleBytes {
  readonly #source: string | Buffer

  constructor(source: string | Buffer) {
    this.#source = source
  }

  get length(): number {
    return this.#source.length
  }

  read(): Buffer {
    return typeof this.#source === 'string' ? Buffer.from(this.#source, 'latin1') : this.#source
  }
}

/** How numpy wrote a number, such as `f8`; little-endian until its state says otherwise. */
export class NumpyType {
  readonly name: string
  isLittleEndian = true

  constructor(name: string) {
    this.name = name
  }
}

/** Harmless data of no use here: a set, a sparse tensor, an integer beyond exact numbers. */
export class PassedOver {
  readonly what: string

  constructor(what: string) {
    this.what = what
  }
}

/** Bytes in the archive, in the entry `data/<key>`: `count` elements of `dtype`, or `count` bytes without one. */
export class StorageRef {
  readonly key: string
  readonly count: number
  readonly dtype: string | undefined

  constructor(key: string, count: number, dtype: string | undefined) {
    this.key = key
    this.count = count
    this.dtype = dtype
  }
}

/** A view of a storage; offset and strides are counted in elements of `dtype`, not bytes. */
export class TensorRef {
  readonly storage: StorageRef
  /** Torch's name, such as `float32`. */
  readonly dtype: string
  readonly offset: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]

  constructor(
    storage: StorageRef,
    { dtype, offset, shape, strides }: Pick<TensorRef, 'dtype' | 'offset' | 'shape' | 'strides'>,
  ) {
    this.storage = storage
    this.dtype = dtype
    this.offset = offset
    this.shape = shape
    this.strides = strides
  }
}
