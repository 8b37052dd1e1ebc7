import { ModelRefused } from '../model-refused.ts'
import { knownGlobals, storageTypes } from './known-globals.ts'
import { numpyScalar } from './numpy-scalar.ts'
import {
  NumpyType,
  PassedOver,
  PickleBytes,
  PickleGlobal,
  type PickleValue,
  StorageRef,
  TensorRef,
} from './pickle-value.ts'

/** The name as a harmless token, when it is one of those that data needs; else a refusal by name. */
export function allowedGlobal(module: string, name: string): PickleGlobal {
  const full = `${module === '__builtin__' ? 'builtins' : module}.${name}` // as protocol 2 writes it
  const kind = knownGlobals.get(full)
  if (kind !== undefined) return new PickleGlobal(full, kind)
  throw new ModelRefused(
    `its pickle names ${JSON.stringify(full.slice(0, 100))}, which torch.load(weights_only=True) refuses too; save plain values and model.state_dict() only`,
  )
}

const fromType = 'torch._tensor._rebuild_from_type_v2'

type Make = (args: readonly PickleValue[]) => PickleValue

/** What is made of these names; of all others, something that is passed over. */
const makers: Readonly<Record<string, Make>> = {
  'torch._utils._rebuild_tensor': ([storage, offset, shape, strides]) =>
    tensorOf({ storage, offset, shape, strides }),
  'torch._utils._rebuild_tensor_v2': ([storage, offset, shape, strides, _grad, _hooks, marks]) =>
    tensorOf({ storage, offset, shape, strides, marks }),
  'torch._utils._rebuild_tensor_v3': ([storage, offset, shape, strides, _grad, _hooks, dtype, marks]) =>
    tensorOf({ storage, offset, shape, strides, dtype, marks }),
  'torch._utils._rebuild_parameter': firstOf,
  'torch._utils._rebuild_parameter_with_state': firstOf,
  'torch.nn.parameter.Parameter': firstOf,
  [fromType]: ([target = null, _type, args = null]) => {
    if (target instanceof PickleGlobal && target.name === fromType)
      throw new ModelRefused('its pickle describes a tensor in an unknown form')
    return reduced(target, args)
  },
  'torch._utils._rebuild_qtensor': () => new PassedOver('a quantised tensor'),
  'torch._utils._rebuild_sparse_tensor': () => new PassedOver('a sparse tensor'),
  'torch._utils._rebuild_meta_tensor_no_storage': () => new PassedOver('a tensor without numbers (meta)'),
  'torch._utils._rebuild_nested_tensor': () => new PassedOver('a nested tensor'),
  'torch._utils._rebuild_wrapper_subclass': () => new PassedOver('a tensor of another class'),
  'torch.Size': firstOf,
  'torch.torch_version.TorchVersion': firstOf,
  'collections.OrderedDict': dictionaryOf,
  'collections.Counter': dictionaryOf,
  '_codecs.encode': ([text]) =>
    typeof text === 'string' ? new PickleBytes(text) : new PassedOver('bytes in an unknown form'),
  'numpy.dtype': ([name]) =>
    typeof name === 'string' ? new NumpyType(name) : new PassedOver('a numpy type in an unknown form'),
  'numpy._core.multiarray.scalar': numpyScalar,
  'numpy.core.multiarray.scalar': numpyScalar,
}

/** What torch means by `target(*args)`. */
export function reduced(target: PickleValue, args: PickleValue): PickleValue {
  if (!(target instanceof PickleGlobal))
    throw new ModelRefused('its pickle calls something that is no function')
  if (target.kind === 'constant')
    throw new ModelRefused(`its pickle calls ${target.name}, which is no function`)
  if (!Array.isArray(args)) throw new ModelRefused(`its pickle calls ${target.name} without arguments`)
  const make = makers[target.name]
  return make ? make(args) : new PassedOver(target.name)
}

/** A new object of a class; refuses what is no class. */
export function instanceOf(target: PickleValue, args: PickleValue): PickleValue {
  if (target instanceof PickleGlobal && target.kind === 'type') return reduced(target, args)
  throw new ModelRefused('its pickle uses NEWOBJ on something that is no known type')
}

/** The storage behind a persistent id `('storage', type, key, location, count)`, wherever it was saved from. */
export function storageOf(id: PickleValue): StorageRef {
  if (!Array.isArray(id)) throw new ModelRefused('its pickle refers to a storage in an unknown form')
  const [tag, type, key, , count] = id
  const isKnown = type instanceof PickleGlobal && storageTypes.has(type.name)
  if (tag !== 'storage' || !isKnown || typeof key !== 'string' || !isCount(count)) {
    throw new ModelRefused('its pickle refers to a storage in an unknown form')
  }
  return new StorageRef(key, count, storageTypes.get(type.name))
}

type Part = 'storage' | 'offset' | 'shape' | 'strides' | 'dtype' | 'marks'
type Parts = { readonly [Name in Part]?: PickleValue | undefined }

function tensorOf({ storage, offset, shape, strides, dtype, marks }: Parts): PickleValue {
  const isKnown = storage instanceof StorageRef && isCount(offset) && isCounts(shape) && isCounts(strides)
  if (!isKnown || shape.length !== strides.length)
    throw new ModelRefused('its pickle describes a tensor in an unknown form')
  if (marks instanceof Map && marks.size > 0) return new PassedOver('a conjugated or negated view')
  const named = dtype instanceof PickleGlobal ? dtype.name.slice('torch.'.length) : storage.dtype
  return new TensorRef(storage, { dtype: named ?? 'bytes of no type', offset, shape, strides })
}

function firstOf([first = null]: readonly PickleValue[]): PickleValue {
  return first
}

function dictionaryOf([pairs = []]: readonly PickleValue[]): PickleValue {
  if (pairs instanceof Map) return pairs
  const isPair = (pair: PickleValue) => Array.isArray(pair) && pair.length === 2
  if (!Array.isArray(pairs) || !pairs.every(isPair)) {
    throw new ModelRefused('its pickle fills a dictionary in an unknown form')
  }
  return new Map(pairs as [PickleValue, PickleValue][]) // each one was just seen to be a pair
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isCounts(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.every(isCount)
}
