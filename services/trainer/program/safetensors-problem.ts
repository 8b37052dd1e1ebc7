import type { FileHandle } from 'node:fs/promises'

const largestHeader = 100e6

/** Why a safetensors file is cut: eight bytes give the length of its JSON header, which tells where the last tensor ends. */
export async function safetensorsProblem(file: FileHandle, size: number): Promise<string | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0)
  const headerBytes = bytesRead === 8 ? Number(buffer.readBigUInt64LE()) : Number.NaN
  if (!(headerBytes <= Math.min(largestHeader, size - 8))) return 'its header is not complete'
  const header = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 8)
  const end = 8 + headerBytes + endOf(header.buffer.toString())
  return end === size ? undefined : `it has ${size} bytes where ${end} belong`
}

/** Where the tensors end, counted from the end of the header. Throws when it is no such header. */
function endOf(header: string): number {
  const tensors: unknown = JSON.parse(header)
  const ends = Object.values(tensors ?? {}).map((tensor: unknown) => endOfTensor(tensor))
  return Math.max(0, ...ends)
}

function endOfTensor(tensor: unknown): number {
  if (typeof tensor !== 'object' || tensor === null || !('data_offsets' in tensor)) return 0
  const offsets = tensor.data_offsets
  return Array.isArray(offsets) && typeof offsets[1] === 'number' ? offsets[1] : 0
}
