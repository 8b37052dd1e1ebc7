import protobuf from 'protobufjs/light.js'
import { ModelRefused } from '../model-refused.ts'

/** Some bytes of a file; fewer where it ends. */
export type ReadAt = (at: number, length: number) => Promise<Uint8Array>

/** Weights of a graph that lie in another file: `length` bytes from `offset` on, all of its own where it does not say. */
export interface ExternalTensor {
  readonly name: string
  readonly location: string
  readonly offset: number
  readonly length: number | undefined
  /** Not one of the graph's own weights: a constant of a node, of a function or of a graph within. */
  readonly isInside: boolean
}

/** The fields of onnx.proto on the way to its tensors, by their numbers. */
const ways: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  Model: { 7: 'Graph', 25: 'Function' },
  Function: { 7: 'Node', 11: 'Attribute' },
  Graph: { 1: 'Node', 5: 'Tensor', 15: 'Sparse' },
  Node: { 5: 'Attribute' },
  Attribute: { 5: 'Tensor', 6: 'Graph', 10: 'Tensor', 11: 'Graph', 22: 'Sparse', 23: 'Sparse' },
  Sparse: { 1: 'Tensor', 2: 'Tensor' },
}
const tensorFields = { name: 8, externalData: 13, dataLocation: 14 } as const
const external = 1
const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const
/** A tag and a length, each of at most ten bytes. */
const headBytes = 20
const longestText = 4096
const deepest = 64
const mostFields = 2_000_000

/** What of a graph's weights lies in other files, without reading the weights themselves. Refuses what is no ONNX file. */
export async function externalTensors(read: ReadAt, size: number): Promise<readonly ExternalTensor[]> {
  const walk: Walk = { read, found: [], fields: 0 }
  try {
    await search(walk, { type: 'Model', start: 0, end: size, depth: 0 })
  } catch (error) {
    if (error instanceof RangeError) throw notComplete() // protobufjs ran out of bytes
    throw error
  }
  return walk.found
}

interface Walk {
  readonly read: ReadAt
  readonly found: ExternalTensor[]
  fields: number
}

interface Place {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly depth: number
}

/** The graph's own weights are two messages deep. */
const ownDepth = 2

async function search(walk: Walk, { type, start, end, depth }: Place): Promise<void> {
  if (depth > deepest) throw new ModelRefused('its graph is nested too deeply')
  for await (const field of fieldsOf(walk, start, end)) {
    const next = ways[type]?.[field.number]
    if (next === undefined || field.kind !== wire.bytes) continue
    const place = { type: next, start: field.start, end: field.end, depth: depth + 1 }
    if (next === 'Tensor') await addExternal(walk, place)
    else await search(walk, place)
  }
}

interface Field {
  readonly number: number
  readonly kind: number
  readonly start: number
  readonly end: number
  /** Of a varint. */
  readonly value: number
}

async function* fieldsOf(walk: Walk, start: number, end: number): AsyncGenerator<Field> {
  for (let at = start; at < end; ) {
    walk.fields += 1
    if (walk.fields > mostFields) throw new ModelRefused('its graph has too many parts')
    const field = headOf(await walk.read(at, Math.min(headBytes, end - at)), at)
    if (field.end > end) throw notComplete()
    yield field
    at = field.end
  }
}

function headOf(bytes: Uint8Array, at: number): Field {
  const reader = protobuf.Reader.create(bytes)
  const tag = reader.uint32()
  const [number, kind] = [tag >>> 3, tag & 7]
  if (kind === wire.varint) {
    const value = Number(reader.uint64())
    return { number, kind, value, start: at, end: at + reader.pos }
  }
  const length = kind === wire.bytes ? Number(reader.uint64()) : fixedLength(kind)
  const start = at + reader.pos
  return { number, kind, value: 0, start, end: start + length }
}

function fixedLength(kind: number): number {
  if (kind === wire.fixed64) return 8
  if (kind === wire.fixed32) return 4
  throw notComplete()
}

async function addExternal(walk: Walk, { start, end, depth }: Place): Promise<void> {
  let name = ''
  let isExternal = false
  const entries = new Map<string, string>()
  for await (const field of fieldsOf(walk, start, end)) {
    if (field.number === tensorFields.name) name = await textOf(walk, field)
    if (field.number === tensorFields.dataLocation) isExternal = field.value === external
    if (field.number === tensorFields.externalData) await addEntry(walk, field, entries)
  }
  if (!isExternal) return
  const location = entries.get('location') ?? ''
  const offset = wholeNumber(entries.get('offset') ?? '0', name)
  const length = entries.has('length') ? wholeNumber(entries.get('length'), name) : undefined
  walk.found.push({ name, location, offset, length, isInside: depth > ownDepth })
}

async function addEntry(walk: Walk, { start, end }: Field, entries: Map<string, string>): Promise<void> {
  let key = ''
  let value = ''
  for await (const field of fieldsOf(walk, start, end)) {
    if (field.number === 1) key = await textOf(walk, field)
    if (field.number === 2) value = await textOf(walk, field)
  }
  entries.set(key, value)
}

async function textOf({ read }: Walk, { start, end }: Field): Promise<string> {
  if (end - start > longestText) throw new ModelRefused('its graph holds an endless name')
  return Buffer.from(await read(start, end - start)).toString('utf8')
}

function wholeNumber(text: string | undefined, name: string): number {
  const number = Number(text)
  if (/^\d+$/.test(text ?? '') && Number.isSafeInteger(number)) return number
  throw new ModelRefused(
    `its tensor ${JSON.stringify(name.slice(0, 100))} lies at no place of its file: ${JSON.stringify(text)}`,
  )
}

function notComplete(): ModelRefused {
  return new ModelRefused('it is no complete ONNX file: cut short or still being written')
}
