import { ModelRefused } from '../model-refused.ts'
import { allowedGlobal, instanceOf, reduced, storageOf } from './pickle-globals.ts'
import { PickleReader } from './pickle-reader.ts'
import { PickleStack } from './pickle-stack.ts'
import { NumpyType, PassedOver, PickleBytes, type PickleValue, type StorageRef } from './pickle-value.ts'

const mostSteps = 5_000_000
const highestProtocol = 5
const stop = 0x2e

type Step = (stack: PickleStack, read: PickleReader) => void

/** The opcodes that torch.save writes with data, in any protocol from 2 on. */
const steps: Readonly<Record<number, Step>> = {
  128: (_stack, read) => checkProtocol(read.uint8()), // PROTO
  149: (_stack, read) => read.skip(8), // FRAME
  40: (stack) => stack.mark(), // MARK
  48: (stack) => void stack.pop(), // POP
  49: (stack) => void stack.popToMark(), // POP_MARK
  50: (stack) => stack.push(stack.top()), // DUP
  78: (stack) => stack.push(null), // NONE
  136: (stack) => stack.push(true), // NEWTRUE
  137: (stack) => stack.push(false), // NEWFALSE
  74: (stack, read) => stack.push(read.int32()), // BININT
  75: (stack, read) => stack.push(read.uint8()), // BININT1
  77: (stack, read) => stack.push(read.uint16()), // BININT2
  138: (stack, read) => stack.push(read.integer(read.uint8())), // LONG1
  139: (stack, read) => stack.push(read.integer(read.uint32())), // LONG4
  71: (stack, read) => stack.push(read.float64()), // BINFLOAT
  88: (stack, read) => stack.push(read.text(read.uint32())), // BINUNICODE
  140: (stack, read) => stack.push(read.text(read.uint8())), // SHORT_BINUNICODE
  141: (stack, read) => stack.push(read.text(read.uint64())), // BINUNICODE8
  85: (stack, read) => stack.push(new PickleBytes(read.bytes(read.uint8()))), // SHORT_BINSTRING
  66: (stack, read) => stack.push(new PickleBytes(read.bytes(read.uint32()))), // BINBYTES
  67: (stack, read) => stack.push(new PickleBytes(read.bytes(read.uint8()))), // SHORT_BINBYTES
  142: (stack, read) => stack.push(new PickleBytes(read.bytes(read.uint64()))), // BINBYTES8
  150: (stack, read) => stack.push(new PickleBytes(read.bytes(read.uint64()))), // BYTEARRAY8
  143: (stack) => stack.push(new PassedOver('a set')), // EMPTY_SET
  144: (stack) => void stack.popToMark(), // ADDITEMS
  145: (stack) => frozenSet(stack), // FROZENSET
  125: (stack) => stack.push(new Map()), // EMPTY_DICT
  115: (stack) => setItems(stack, stack.popMany(2)), // SETITEM
  117: (stack) => setItems(stack, stack.popToMark()), // SETITEMS
  93: (stack) => stack.push([]), // EMPTY_LIST
  97: (stack) => append(stack, stack.popMany(1)), // APPEND
  101: (stack) => append(stack, stack.popToMark()), // APPENDS
  41: (stack) => stack.push([]), // EMPTY_TUPLE
  116: (stack) => stack.push(stack.popToMark()), // TUPLE
  133: (stack) => stack.push(stack.popMany(1)), // TUPLE1
  134: (stack) => stack.push(stack.popMany(2)), // TUPLE2
  135: (stack) => stack.push(stack.popMany(3)), // TUPLE3
  113: (stack, read) => stack.memoize(read.uint8()), // BINPUT
  114: (stack, read) => stack.memoize(read.uint32()), // LONG_BINPUT
  148: (stack) => stack.memoize(), // MEMOIZE
  104: (stack, read) => stack.pushMemoized(read.uint8()), // BINGET
  106: (stack, read) => stack.pushMemoized(read.uint32()), // LONG_BINGET
  99: (stack, read) => stack.push(allowedGlobal(read.line(), read.line())), // GLOBAL
  147: (stack) => stackGlobal(stack, stack.popMany(2)), // STACK_GLOBAL
  82: (stack) => reduce(stack, stack.popMany(2)), // REDUCE
  129: (stack) => newObject(stack, stack.popMany(2)), // NEWOBJ
  81: (stack) => stack.pushStorage(storageOf(stack.pop())), // BINPERSID
  98: (stack) => setState(stack.pop(), stack.top()), // BUILD
}

const refusedNames: Readonly<Record<number, string>> = {
  105: 'INST',
  111: 'OBJ',
  146: 'NEWOBJ_EX',
  130: 'EXT1',
  131: 'EXT2',
  132: 'EXT4',
  80: 'PERSID',
}

/** The value that a pickle describes. Nothing of it is executed: what could be is refused by name. */
export function unpickle(bytes: Buffer): PickleValue {
  return unpickleNext(new PickleReader(bytes)).value
}

/** The same for the next of several pickles, and the storages that it refers to. */
export function unpickleNext(read: PickleReader): {
  readonly value: PickleValue
  readonly storages: readonly StorageRef[]
} {
  const stack = new PickleStack()
  for (let count = 0; count < mostSteps; count += 1) {
    const opcode = read.uint8()
    if (opcode === stop) return { value: stack.pop(), storages: stack.storages }
    const step = steps[opcode]
    if (step === undefined)
      throw new ModelRefused(`its pickle uses ${nameOf(opcode)}, which no checkpoint of plain data needs`)
    step(stack, read)
  }
  throw new ModelRefused(`its pickle has more than ${mostSteps} steps`)
}

function nameOf(opcode: number): string {
  return refusedNames[opcode] ?? `opcode 0x${opcode.toString(16).padStart(2, '0')}`
}

function checkProtocol(protocol: number): void {
  if (protocol > highestProtocol) throw new ModelRefused(`its pickle has the unknown protocol ${protocol}`)
}

function setItems(stack: PickleStack, items: readonly PickleValue[]): void {
  const target = stack.top()
  if (!(target instanceof Map) || items.length % 2 !== 0)
    throw new ModelRefused('its pickle sets items of no dictionary')
  for (let index = 0; index < items.length; index += 2)
    target.set(items[index] ?? null, items[index + 1] ?? null)
}

function append(stack: PickleStack, items: readonly PickleValue[]): void {
  const target = stack.top()
  if (!Array.isArray(target)) throw new ModelRefused('its pickle appends to no list')
  for (const item of items) target.push(item)
}

function stackGlobal(stack: PickleStack, [module, name]: readonly PickleValue[]): void {
  if (typeof module !== 'string' || typeof name !== 'string')
    throw new ModelRefused('its pickle names something by no text')
  stack.push(allowedGlobal(module, name))
}

function reduce(stack: PickleStack, [target = null, args = null]: readonly PickleValue[]): void {
  stack.push(reduced(target, args))
}

function newObject(stack: PickleStack, [target = null, args = null]: readonly PickleValue[]): void {
  stack.push(instanceOf(target, args))
}

function frozenSet(stack: PickleStack): void {
  stack.popToMark()
  stack.push(new PassedOver('a set'))
}

/** A state dict carries `_metadata` as an attribute, which is of no use here, as nothing is of what is passed over. */
function setState(state: PickleValue, target: PickleValue): void {
  if (target instanceof PassedOver) return
  if (target instanceof NumpyType) target.isLittleEndian = !(Array.isArray(state) && state[1] === '>')
  else if (!(target instanceof Map && state instanceof Map))
    throw new ModelRefused('its pickle uses BUILD on something that takes no state')
}
