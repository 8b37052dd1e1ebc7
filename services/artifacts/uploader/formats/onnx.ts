import type { FileHandle } from 'node:fs/promises'
import protobuf from 'protobufjs'

const graphField = 7
const opsetField = 8
const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const
/** A tag and a length, each of at most ten bytes. */
const headBytes = 20
/** Every operator set, function and note is a field of its own; a model has hundreds at most. */
const mostFields = 100_000

/**
 * Why an ONNX file is cut. It is one protobuf message: each field tells how long it is, the fields fill the file exactly,
 * and a model has a graph and names its operator sets.
 */
export async function onnxProblem(handle: FileHandle, size: number): Promise<string | undefined> {
  const seen = new Set<number>()
  let at = 0
  for (let fields = 0; at < size && fields < mostFields; fields += 1) {
    const head = await headAt(handle, at)
    if (head === undefined) return 'it is no ONNX file, or not complete'
    seen.add(head.field)
    at += head.length
  }
  if (at !== size) return `it is cut: it has ${size} bytes where ${at} belong`
  return seen.has(graphField) && seen.has(opsetField)
    ? undefined
    : 'its graph or its operator sets are missing'
}

/** The number of the field that starts at a place, and its length with all that belongs to it. */
async function headAt(
  handle: FileHandle,
  at: number,
): Promise<{ field: number; length: number } | undefined> {
  const bytes = Buffer.alloc(headBytes)
  const { bytesRead } = await handle.read(bytes, 0, headBytes, at)
  const reader = protobuf.Reader.create(bytes.subarray(0, bytesRead))
  try {
    const tag = reader.uint32()
    const content = contentLength(tag & 7, reader)
    const field = tag >>> 3 // there is none of number 0
    return content === undefined || field === 0 ? undefined : { field, length: reader.pos + content }
  } catch {
    return undefined // the bytes end within the tag or the length
  }
}

/** What follows what the reader has read; undefined for a kind of field that no model has. */
function contentLength(kind: number, reader: protobuf.Reader): number | undefined {
  if (kind === wire.bytes) return Number(reader.uint64())
  if (kind === wire.fixed64) return 8
  if (kind === wire.fixed32) return 4
  if (kind !== wire.varint) return undefined
  reader.uint64()
  return 0
}
