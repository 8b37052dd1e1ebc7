import type { FileHandle } from 'node:fs/promises'
import { z } from 'zod'

const largestHeader = 100e6
const headers = z.record(
  z.string(),
  z.looseObject({ data_offsets: z.tuple([z.number(), z.number()]).optional() }),
)

/** Why a safetensors file is cut: eight bytes give the length of its JSON header, which tells where the last tensor ends. */
export async function safetensorsProblem(handle: FileHandle, size: number): Promise<string | undefined> {
  const length = Buffer.alloc(8)
  if ((await handle.read(length, 0, 8, 0)).bytesRead < 8) return 'its header is not complete'
  const headerBytes = Number(length.readBigUInt64LE())
  if (headerBytes > largestHeader) return 'it is no safetensors file: its header is too long'
  const header = Buffer.alloc(headerBytes)
  if ((await handle.read(header, 0, headerBytes, 8)).bytesRead < headerBytes)
    return 'its header is not complete'
  const end = endOf(header.toString())
  if (end === undefined) return 'its header cannot be read'
  return 8 + headerBytes + end === size
    ? undefined
    : `it has ${size} bytes where ${8 + headerBytes + end} belong`
}

/** Where the tensors end, counted from the end of the header. */
function endOf(header: string): number | undefined {
  try {
    const tensors = Object.values(headers.parse(JSON.parse(header)))
    return tensors.reduce((end, { data_offsets }) => Math.max(end, data_offsets?.[1] ?? 0), 0)
  } catch {
    return undefined // no JSON, or not that of safetensors
  }
}
