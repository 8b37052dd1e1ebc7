/** What a checkpoint's pickle may hold: plain values, lists (tuples too), dictionaries, and tensors by reference. */
export type PickleValue =
  | null
  | boolean
  | number
  | string
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleGlobal
  | StorageRef
  | TensorRef

export const allowedGlobals = [
  'torch._utils._rebuild_tensor_v2',
  'torch.FloatStorage',
  'collections.OrderedDict',
] as const

/** A name that the pickle refers to. Nothing is ever imported or called by it. */
export class PickleGlobal {
  readonly name: (typeof allowedGlobals)[number]

  constructor(name: (typeof allowedGlobals)[number]) {
    this.name = name
  }
}

/** Bytes in the archive: `count` float32 numbers in the entry `data/<key>`. */
export class StorageRef {
  readonly key: string
  readonly count: number

  constructor(key: string, count: number) {
    this.key = key
    this.count = count
  }
}

/** A view of a storage; offset and strides are counted in numbers, not bytes. */
export class TensorRef {
  readonly storage: StorageRef
  readonly offset: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]

  constructor(storage: StorageRef, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage
    this.offset = offset
    this.shape = shape
    this.strides = strides
  }
}
