import type { FileHandle } from 'node:fs/promises'

const endBytes = 22
const longestComment = 65_535
const listMark = Buffer.from('PK\u0001\u0002', 'latin1')
const endMark = Buffer.from('PK\u0005\u0006', 'latin1')
const largeEndMark = Buffer.from('PK\u0006\u0006', 'latin1')
const largeEndBytes = 56
const largeLocatorBytes = 20

/**
 * Why a zip archive, as torch writes them, is cut: its list of entries, written last, is missing or does not end where it
 * has to. What does not begin like a zip, as files of old versions of torch, is not judged.
 */
export async function zipProblem(file: FileHandle, size: number): Promise<string | undefined> {
  const start = await bytesAt(file, 0, 4)
  if (start.toString('latin1') !== 'PK\u0003\u0004') return undefined
  const tailBytes = Math.min(size, endBytes + longestComment + largeEndBytes + largeLocatorBytes)
  const tail = await bytesAt(file, size - tailBytes, tailBytes)
  const end = tail.lastIndexOf(endMark)
  if (end < 0 || end + endBytes > tail.length) return 'it is cut short, or still being written'
  const list = listOf(tail, end)
  if (list.offset + list.bytes > size) return 'its list of entries lies behind its end'
  if (list.entries === 0) return 'it has no entries'
  const first = await bytesAt(file, list.offset, 4)
  return first.equals(listMark) ? undefined : 'its list of entries is not where it has to be'
}

/** Where the list of entries is; archives over 4 GB say it in a record of their own. */
function listOf(tail: Buffer, end: number) {
  const large = tail.lastIndexOf(largeEndMark, end)
  if (large >= 0 && large + largeEndBytes <= tail.length) {
    return {
      entries: Number(tail.readBigUInt64LE(large + 32)),
      bytes: Number(tail.readBigUInt64LE(large + 40)),
      offset: Number(tail.readBigUInt64LE(large + 48)),
    }
  }
  return {
    entries: tail.readUInt16LE(end + 10),
    bytes: tail.readUInt32LE(end + 12),
    offset: tail.readUInt32LE(end + 16),
  }
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}
