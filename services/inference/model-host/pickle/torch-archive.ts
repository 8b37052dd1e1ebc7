import { crc32 } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { ModelRefused } from '../model-refused.ts'
import { openLegacyArchive } from './legacy-archive.ts'
import type { StorageRef } from './pickle-value.ts'
import { elementBytes, float32s } from './storage-numbers.ts'

const mostEntries = 10_000
const largestPickle = 64 * 2 ** 20
const stored = 0

/** An open `.pt` file: its pickle, and the numbers that it refers to. */
export interface TorchArchive {
  readonly pickle: Buffer
  /** The numbers of a storage of some floating-point type as float32; read from the file each time. */
  storage(ref: StorageRef, dtype: string): Promise<Float32Array>
  close(): void
}

/**
 * Opens a `.pt` and reads its pickle; `onRead` hears the size of every block that is read. It is a zip of uncompressed
 * entries, or in the form that came before.
 */
export async function openTorchArchive(path: string, onRead: (bytes: number) => void): Promise<TorchArchive> {
  const legacy = await openLegacyArchive(path, onRead)
  if (legacy !== undefined) return legacy
  const zip = await openZip(path)
  try {
    const entries = await listEntries(zip)
    const root = rootOf(entries)
    const read = (name: string) => readEntry(zip, entries, `${root}/${name}`, onRead)
    const isBig = entries.has(`${root}/byteorder`) && isBigEndian(await read('byteorder'))
    const pickle = await read('data.pkl')
    const storage = async (ref: StorageRef, dtype: string) => {
      const bytes = await read(`data/${ref.key}`)
      checkLength(bytes, ref)
      return float32s(bytes, dtype, isBig)
    }
    return { pickle, storage, close: () => zip.close() }
  } catch (error) {
    zip.close()
    throw error
  }
}

async function openZip(path: string): Promise<ZipFile> {
  try {
    return await openPromise(path, { autoClose: false, lazyEntries: true })
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw error // of the file system
    throw new ModelRefused(
      'it is no complete zip archive: cut short, still being written, or not saved by torch.save',
      {
        cause: error,
      },
    )
  }
}

async function listEntries(zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>()
  let total = 0
  for await (const entry of zip.eachEntry()) {
    if (entries.has(entry.fileName)) throw new ModelRefused(`its entry ${shown(entry.fileName)} occurs twice`)
    if (entries.size >= mostEntries) throw new ModelRefused(`it has more than ${mostEntries} entries`)
    total += checkedSize(entry)
    entries.set(entry.fileName, entry)
  }
  if (total > zip.fileSize)
    throw new ModelRefused('its entries overlap: together they are larger than the file')
  return entries
}

function checkedSize(entry: Entry): number {
  if (
    entry.compressionMethod !== stored ||
    entry.compressedSize !== entry.uncompressedSize ||
    entry.isEncrypted()
  ) {
    throw new ModelRefused(
      `its entry ${shown(entry.fileName)} is compressed or encrypted, which torch.save never does`,
    )
  }
  return entry.uncompressedSize
}

function rootOf(entries: ReadonlyMap<string, Entry>): string {
  const pickles = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name))
  const [pickle] = pickles
  if (pickle === undefined || pickles.length > 1) {
    throw new ModelRefused(
      `it is a zip archive with ${pickles.length} data.pkl entries; torch.save writes one`,
    )
  }
  const size = entries.get(pickle)?.uncompressedSize ?? 0
  if (size > largestPickle)
    throw new ModelRefused(`its data.pkl has ${size} bytes; at most ${largestPickle} are read`)
  return pickle.slice(0, -'/data.pkl'.length)
}

async function readEntry(
  zip: ZipFile,
  entries: ReadonlyMap<string, Entry>,
  name: string,
  onRead: (bytes: number) => void,
): Promise<Buffer<ArrayBuffer>> {
  const entry = entries.get(name)
  if (entry === undefined) throw new ModelRefused(`its entry ${shown(name)} is missing`)
  // A buffer of its own: float32 views need an aligned start.
  const bytes = Buffer.from(new ArrayBuffer(entry.uncompressedSize))
  let at = 0
  for await (const block of await zip.openReadStreamPromise(entry)) {
    at += (block as Buffer).copy(bytes, at) // a stream without an encoding yields buffers
    onRead(block.length)
  }
  if (crc32(bytes) !== entry.crc32)
    throw new ModelRefused(`its entry ${shown(name)} is damaged: the checksum differs`)
  return bytes
}

function isBigEndian(bytes: Buffer): boolean {
  const order = bytes.toString('latin1', 0, 20)
  if (order === 'little' || order === 'big') return order === 'big'
  throw new ModelRefused(`its byte order is ${JSON.stringify(order)}; expected little or big`)
}

function checkLength(bytes: Buffer, { key, count, dtype }: StorageRef): void {
  const wanted = count * (dtype === undefined ? 1 : (elementBytes(dtype) ?? 1))
  if (bytes.length !== wanted)
    throw new ModelRefused(`its storage ${shown(key)} has ${bytes.length} bytes where ${wanted} belong`)
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 100))
}
