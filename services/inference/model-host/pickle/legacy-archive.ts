import { type FileHandle, open } from 'node:fs/promises'
import { ModelRefused } from '../model-refused.ts'
import { PickleReader } from './pickle-reader.ts'
import type { PickleValue, StorageRef } from './pickle-value.ts'
import { elementBytes, float32s } from './storage-numbers.ts'
import type { TorchArchive } from './torch-archive.ts'
import { unpickleNext } from './unpickle.ts'

/** The pickle of the number that such files begin with. */
const magic = Buffer.from('80028a0a6cfc9c46f9206aa850192e', 'hex')
const protocol = 1001
const largestPickles = 64 * 2 ** 20
const countBytes = 8

/**
 * Opens what torch.save writes with `_use_new_zipfile_serialization=False`, and wrote before 1.6: five pickles, then
 * every storage behind the number of its elements. Undefined when the file does not begin like one.
 */
export async function openLegacyArchive(
  path: string,
  onRead: (bytes: number) => void,
): Promise<TorchArchive | undefined> {
  const file = await open(path)
  try {
    const head = await readAt(file, 0, magic.length)
    if (head.equals(magic)) return await archiveOf(file, onRead)
    await file.close()
    return undefined
  } catch (error) {
    await file.close()
    throw error
  }
}

async function archiveOf(file: FileHandle, onRead: (bytes: number) => void): Promise<TorchArchive> {
  const { size } = await file.stat()
  const pickles = await readAt(file, 0, Math.min(size, largestPickles))
  onRead(pickles.length)
  const read = new PickleReader(pickles)
  unpickleNext(read)
  if (unpickleNext(read).value !== protocol)
    throw new ModelRefused('it was saved in a form of torch.save that is not known')
  const isBig = isBigEndian(unpickleNext(read).value)
  const start = read.at
  const { storages } = unpickleNext(read)
  const pickle = pickles.subarray(start, read.at)
  const places = storagePlaces(unpickleNext(read).value, storages, read.at)
  const end = [...places.values()].at(-1)?.end ?? read.at
  if (end > size) throw new ModelRefused(`it is cut short: it has ${size} bytes where ${end} belong`)
  return {
    pickle,
    async storage({ key }, dtype) {
      const place = places.get(key)
      if (place === undefined) throw new ModelRefused(`its storage ${JSON.stringify(key)} is missing`)
      const bytes = await readAt(file, place.start, place.end - place.start)
      onRead(bytes.length)
      return float32s(bytes, dtype, isBig)
    },
    close: () => void file.close(),
  }
}

function isBigEndian(system: PickleValue): boolean {
  const isLittle = system instanceof Map ? system.get('little_endian') : undefined
  if (typeof isLittle === 'boolean') return !isLittle
  throw new ModelRefused('it does not say in which byte order its numbers are')
}

interface Place {
  readonly start: number
  readonly end: number
}

/** Where the bytes of each storage are: they follow each other in the order of the list of their keys. */
function storagePlaces(
  keys: PickleValue,
  storages: readonly StorageRef[],
  after: number,
): ReadonlyMap<string, Place> {
  const known = new Map(storages.map((storage) => [storage.key, storage]))
  const places = new Map<string, Place>()
  let at = after
  for (const key of Array.isArray(keys) ? keys : []) {
    const storage = typeof key === 'string' ? known.get(key) : undefined
    const size = storage && (storage.dtype === undefined ? 1 : elementBytes(storage.dtype))
    if (storage === undefined || size === undefined)
      throw new ModelRefused('its storages are in an unknown form')
    const start = at + countBytes
    at = start + storage.count * size
    places.set(storage.key, { start, end: at })
  }
  return places
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer<ArrayBuffer>> {
  const bytes = Buffer.from(new ArrayBuffer(length)) // aligned, for numbers
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, at + filled)
    if (bytesRead === 0) return bytes.subarray(0, filled)
    filled += bytesRead
  }
  return bytes
}
