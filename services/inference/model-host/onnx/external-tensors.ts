import protobuf from 'protobufjs/light.js'
import { ModelRefused } from '../model-refused.ts'

/** Some bytes of a file; fewer where it ends. */
export type ReadAt = (at: number, length: number) => Promise<Uint8Array>

/** Numbers of a graph that lie in another file: `length` bytes from `offset` on. */
export interface ExternalTensor {
  readonly name: string
  readonly location: string
  readonly offset: number
  readonly length: number
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
/** Parts that may occur once: parsers merge two of them, and what is harmless in each could name a file together. */
const single: Readonly<Record<string, readonly number[]>> = { Attribute: [5, 22], Sparse: [1, 2] }
const tensorFields = {
  dims: 1,
  dataType: 2,
  name: 8,
  rawData: 9,
  externalData: 13,
  dataLocation: 14,
} as const
const external = 1
/** How many bytes a number takes, by ONNX's numbers of its types. */
const sizes: Readonly<Record<number, number>> = {
  ...{ 1: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 12: 4, 13: 8, 14: 8, 15: 16, 16: 2 },
}
const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const
/** A tag and a length, each of at most ten bytes. */
const headBytes = 20
const longestText = 4096
const deepest = 64
const mostFields = 2_000_000

/** What of a graph lies in other files, without reading its weights. Refuses what is no ONNX file. */
export async function externalTensors(read: ReadAt, size: number): Promise<readonly ExternalTensor[]> {
  const found: ExternalTensor[] = []
  await rewritten({ read, fields: 0, replace: (tensor) => void found.push(tensor) }, wholeModel(size))
  return found
}

/** Names of all files that a graph's tensors say they lie in, also where they tell no right place in them; of a damaged graph those before the damage. */
export async function externalLocations(read: ReadAt, size: number): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  try {
    await addLocations({ read, fields: 0, replace: () => undefined }, wholeModel(size), found)
  } catch (error) {
    if (!(error instanceof ModelRefused)) throw error
  }
  return found
}

/** The same model with all of it in one file; `numbersOf` gives what lies elsewhere. */
export async function embedded(
  onnx: Uint8Array,
  numbersOf: (tensor: ExternalTensor) => Uint8Array,
): Promise<Uint8Array> {
  const read: ReadAt = async (at, length) => onnx.subarray(at, at + length)
  const chunks = await rewritten({ read, fields: 0, replace: numbersOf }, wholeModel(onnx.length))
  return chunks ? Buffer.concat(chunks) : onnx
}

interface Walk {
  readonly read: ReadAt
  /** What takes the place of a tensor's numbers; undefined leaves it as it is. */
  readonly replace: (tensor: ExternalTensor) => Uint8Array | undefined
  fields: number
}

interface Place {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly depth: number
}

function wholeModel(size: number): Place {
  return { type: 'Model', start: 0, end: size, depth: 0 }
}

async function addLocations(walk: Walk, place: Place, found: Set<string>): Promise<void> {
  const { type, start, end, depth } = place
  if (depth > deepest) throw new ModelRefused('its graph is nested too deeply')
  for await (const field of fieldsOf(walk, start, end)) {
    if (field.kind !== wire.bytes) continue
    const next = ways[type]?.[field.number]
    const inside = { start: field.start, end: field.end, depth: depth + 1 }
    if (next !== undefined) await addLocations(walk, { type: next, ...inside }, found)
    if (type !== 'Tensor' || field.number !== tensorFields.externalData) continue
    const [key, value] = await entryOf(walk, field)
    if (key === 'location') found.add(value)
  }
}

type Chunks = readonly Uint8Array[]

/** A message with tensors replaced, as pieces that follow each other; undefined when none was. */
async function rewritten(walk: Walk, { type, start, end, depth }: Place): Promise<Chunks | undefined> {
  if (depth > deepest) throw new ModelRefused('its graph is nested too deeply')
  const chunks: Uint8Array[] = []
  const seen = new Set<number>()
  let from = start
  for await (const field of fieldsOf(walk, start, end)) {
    const next = ways[type]?.[field.number]
    if (next === undefined || field.kind !== wire.bytes) continue
    if (seen.has(field.number) && single[type]?.includes(field.number))
      throw new ModelRefused('its graph says one thing twice: it was not written by an exporter')
    seen.add(field.number)
    const place = { type: next, start: field.start, end: field.end, depth: depth + 1 }
    const content = next === 'Tensor' ? await tensorWith(walk, place) : await rewritten(walk, place)
    if (content === undefined) continue
    chunks.push(await walk.read(from, field.at - from), headFor(field.number, content), ...content)
    from = field.end
  }
  return chunks.length === 0 ? undefined : [...chunks, await walk.read(from, end - from)]
}

/** A tag and the length of what follows it. */
function headFor(number: number, content: Chunks): Uint8Array {
  const length = content.reduce((sum, chunk) => sum + chunk.length, 0)
  return protobuf.Writer.create()
    .uint32((number << 3) | wire.bytes)
    .uint32(length)
    .finish()
}

interface Field {
  readonly number: number
  readonly kind: number
  /** Where its tag is. */
  readonly at: number
  readonly start: number
  readonly end: number
  /** Of a varint; else its length. */
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
  return parsed(bytes, (reader) => {
    const tag = reader.uint32()
    const [number, kind] = [tag >>> 3, tag & 7]
    const value = kind === wire.varint || kind === wire.bytes ? Number(reader.uint64()) : 0
    const start = at + reader.pos
    const length = kind === wire.bytes ? value : fixedLength(kind)
    return { number, kind, at, start, end: start + length, value }
  })
}

function parsed<Value>(bytes: Uint8Array, parse: (reader: protobuf.Reader) => Value): Value {
  try {
    return parse(protobuf.Reader.create(bytes))
  } catch (error) {
    throw error instanceof RangeError ? notComplete() : error // it ran out of bytes
  }
}

function fixedLength(kind: number): number {
  if (kind === wire.varint) return 0
  if (kind === wire.fixed64) return 8
  if (kind === wire.fixed32) return 4
  throw notComplete()
}

/** A tensor that lies elsewhere, with its numbers in the place of where they lie; undefined for all others. */
async function tensorWith(walk: Walk, { start, end }: Place): Promise<Chunks | undefined> {
  const kept: Field[] = []
  let [name, isExternal, dataType] = ['', false, 0]
  const dims: number[] = []
  const entries = new Map<string, string>()
  for await (const field of fieldsOf(walk, start, end)) {
    if (field.number === tensorFields.dims) dims.push(...(await dimsOf(walk, field)))
    if (field.number === tensorFields.dataType) dataType = field.value
    if (field.number === tensorFields.name) name = await textOf(walk, field)
    if (field.number === tensorFields.externalData) entries.set(...(await entryOf(walk, field)))
    else if (field.number === tensorFields.dataLocation) isExternal = field.value === external
    else if (field.number !== tensorFields.rawData) kept.push(field)
  }
  if (!isExternal) return undefined
  const size = dims.reduce((product, length) => product * length, sizes[dataType] ?? 0)
  const numbers = walk.replace({
    name,
    location: entries.get('location') ?? '',
    offset: wholeNumber(entries.get('offset') ?? '0', name),
    length: wholeNumber(entries.get('length') ?? String(size), name),
  })
  if (numbers === undefined) return undefined
  const chunks = await Promise.all(kept.map((field) => walk.read(field.at, field.end - field.at)))
  return [...chunks, headFor(tensorFields.rawData, [numbers]), numbers]
}

/** Lengths, each in a field of its own or all in one. */
async function dimsOf({ read }: Walk, { kind, value, start, end }: Field): Promise<readonly number[]> {
  if (kind !== wire.bytes) return [value]
  if (end - start > longestText) throw new ModelRefused('its graph holds an endless shape')
  return parsed(await read(start, end - start), (reader) => {
    const dims: number[] = []
    while (reader.pos < reader.len) dims.push(Number(reader.uint64()))
    return dims
  })
}

async function entryOf(walk: Walk, { start, end }: Field): Promise<[key: string, value: string]> {
  let key = ''
  let value = ''
  for await (const field of fieldsOf(walk, start, end)) {
    if (field.number === 1) key = await textOf(walk, field)
    if (field.number === 2) value = await textOf(walk, field)
  }
  return [key, value]
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
