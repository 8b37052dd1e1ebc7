import { ModelRefused } from '../model-refused.ts'
import { allowedGlobals, PickleGlobal, type PickleValue, StorageRef, TensorRef } from './pickle-value.ts'

const halfPrecision = 'holds half-precision weights; save the model after model.float()'
const quantised = 'holds quantised weights; save the float32 model instead'
const advice: Readonly<Record<string, string>> = {
  'torch.HalfStorage': halfPrecision,
  'torch.BFloat16Storage': halfPrecision,
  'torch.DoubleStorage': 'holds double-precision weights; save the model after model.float()',
  'torch.QInt8Storage': quantised,
  'torch.QUInt8Storage': quantised,
  'torch.QInt32Storage': quantised,
  'torch._utils._rebuild_qtensor': quantised,
  'torch._utils._rebuild_parameter': 'holds parameters; save model.state_dict(), which holds tensors',
}
const refusal = 'refers to code that podmate never runs; save plain values and model.state_dict() only'

/** The name as a harmless token, when it is one of the three that a checkpoint needs; else a refusal by name. */
export function allowedGlobal(module: string, name: string): PickleGlobal {
  const full = `${module}.${name}`
  const allowed = allowedGlobals.find((known) => known === full)
  if (allowed === undefined) {
    const shown = JSON.stringify(full.slice(0, 100))
    throw new ModelRefused(`its pickle names ${shown}: it ${advice[full] ?? refusal}`)
  }
  return new PickleGlobal(allowed)
}

/** What torch means by `target(*args)`: a tensor reference or an empty or filled dictionary. */
export function reduced(target: PickleValue, args: PickleValue): PickleValue {
  if (!(target instanceof PickleGlobal))
    throw new ModelRefused('its pickle calls something that is no function')
  if (!Array.isArray(args)) throw new ModelRefused(`its pickle calls ${target.name} without arguments`)
  if (target.name === 'torch._utils._rebuild_tensor_v2') return tensorOf(args)
  if (target.name === 'collections.OrderedDict') return dictionaryOf(args)
  throw new ModelRefused(`its pickle calls ${target.name}, which is no function`)
}

/** The storage behind a persistent id `('storage', torch.FloatStorage, key, location, count)`, wherever it was saved from. */
export function storageOf(id: PickleValue): StorageRef {
  if (!Array.isArray(id)) throw new ModelRefused('its pickle refers to a storage in an unknown form')
  const [tag, type, key, , count] = id
  const isFloat = type instanceof PickleGlobal && type.name === 'torch.FloatStorage'
  if (tag !== 'storage' || !isFloat || typeof key !== 'string' || !isCount(count)) {
    throw new ModelRefused('its pickle refers to a storage in an unknown form')
  }
  return new StorageRef(key, count)
}

function tensorOf([storage, offset, shape, strides]: readonly PickleValue[]): TensorRef {
  if (storage instanceof StorageRef && isCount(offset) && isCounts(shape) && isCounts(strides)) {
    if (shape.length === strides.length) return new TensorRef(storage, offset, shape, strides)
  }
  throw new ModelRefused('its pickle describes a tensor in an unknown form')
}

function dictionaryOf([pairs = []]: readonly PickleValue[]): Map<PickleValue, PickleValue> {
  const isPair = (pair: PickleValue) => Array.isArray(pair) && pair.length === 2
  if (!Array.isArray(pairs) || !pairs.every(isPair)) {
    throw new ModelRefused('its pickle fills an OrderedDict in an unknown form')
  }
  return new Map(pairs as [PickleValue, PickleValue][]) // each one was just seen to be a pair
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isCounts(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.every(isCount)
}
