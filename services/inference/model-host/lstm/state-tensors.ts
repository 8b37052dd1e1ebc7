import { ModelRefused } from '../model-refused.ts'
import { PassedOver, type PickleValue, TensorRef } from '../pickle/pickle-value.ts'
import { isServed } from '../pickle/storage-numbers.ts'
import type { Shapes } from './lstm-config.ts'

/** What DistributedDataParallel, torch.compile, FSDP and activation checkpoints put into the names of what they wrap. */
const wrappers: readonly string[] = [
  'module',
  '_orig_mod',
  '_fsdp_wrapped_module',
  '_checkpoint_wrapped_module',
]
/** Where trainers keep a model: as the first parts of its tensors' names, or as dictionaries around them. */
const holders: readonly string[] = ['state_dict', 'model_state_dict', 'model', 'net']

type Dictionary = ReadonlyMap<PickleValue, PickleValue>

/**
 * The weights in a checkpoint by the names that the model itself gives them, whatever wrapped it. What is no tensor is
 * left out, as are counts and masks: whole numbers and truth values are no weights.
 */
export function stateTensors(artifact: Dictionary): ReadonlyMap<string, TensorRef> {
  const [holder] = holders.filter((name) => artifact.get(name) instanceof Map)
  if (holder === undefined)
    throw new ModelRefused('it holds no dictionary state_dict; it is no NextMoveLSTM artifact')
  const found: Found = { tensors: new Map(), names: new Map(), seen: new Set() }
  collect(artifact.get(holder) as Dictionary, '', found) // it was just seen to be a Map
  return found.tensors
}

/** Whether a checkpoint has something in one of the places of weights. */
export function holdsWeights(artifact: Dictionary): boolean {
  return holders.some((name) => artifact.get(name) instanceof Map)
}

/** Refuses weights in another form than floating-point numbers of 16, 32 or 64 bits. */
export function checkTypes(tensors: ReadonlyMap<string, TensorRef>, expected: Shapes): void {
  for (const name of expected.keys()) {
    const dtype = tensors.get(name)?.dtype ?? 'float32'
    if (!isServed(dtype))
      throw new ModelRefused(
        `its tensor ${name} holds ${dtype}; float32, float16, bfloat16 and float64 are served: save the model after model.float()`,
      )
  }
}

interface Found {
  readonly tensors: Map<string, TensorRef>
  /** The names in the file of the tensors. */
  readonly names: Map<string, string>
  readonly seen: Set<Dictionary>
}

function collect(dictionary: Dictionary, prefix: string, found: Found): void {
  if (found.seen.has(dictionary)) return
  found.seen.add(dictionary)
  for (const [key, value] of dictionary) {
    if (typeof key !== 'string') continue
    const name = prefix + key
    if (value instanceof TensorRef) add(name, value, found)
    else if (value instanceof Map && isHolder(key)) collect(value, `${name}.`, found)
    else if (value instanceof PassedOver) refuseWeights(name, value)
  }
}

function isHolder(key: string): boolean {
  return key.split('.').every((part) => wrappers.includes(part) || holders.includes(part))
}

function add(written: string, tensor: TensorRef, { tensors, names }: Found): void {
  const name = bareName(written)
  const before = names.get(name)
  if (before !== undefined)
    throw new ModelRefused(`its weights hold ${name} twice: as ${shown(before)} and as ${shown(written)}`)
  if (isCount(tensor) && !isWeight(name)) return
  names.set(name, written)
  tensors.set(name, tensor)
}

/** Takes wrappers out wherever they are, and holders off the front. */
function bareName(written: string): string {
  const parts = written.split('.').filter((part) => !wrappers.includes(part))
  const first = parts.findIndex((part) => !holders.includes(part))
  return parts.slice(first).join('.')
}

function isCount({ dtype }: TensorRef): boolean {
  return /^(?:u?int\d+|bool)$/.test(dtype)
}

function isWeight(name: string): boolean {
  return /^(?:token_embed|winner_embed|phase_embed|side_to_move_embed|lstm|classifier)\./.test(name)
}

/** A quantised or sparse tensor where a weight belongs. */
function refuseWeights(written: string, { what }: PassedOver): void {
  const name = bareName(written)
  if (isWeight(name))
    throw new ModelRefused(`its tensor ${name} is ${what}; save the dense model after model.float()`)
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 100))
}
