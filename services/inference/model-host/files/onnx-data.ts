import { constants } from 'node:fs'
import { lstat, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ModelRefused } from '../model-refused.ts'
import { type ExternalTensor, embedded, externalTensors, type ReadAt } from '../onnx/external-tensors.ts'
import type { OnRead } from './model-file.ts'
import { readInBlocks } from './read-in-blocks.ts'

const windowBytes = 2 ** 16

/** A file beside an `.onnx` that holds weights of its graph, under the name that the graph gives it. */
export interface DataFile {
  readonly name: string
  readonly path: string
  /** How long it has to be. */
  readonly bytes: number
}

/** The files beside an `.onnx` in which its weights lie, from its graph alone; refuses what may not be read. */
export async function dataFiles(path: string): Promise<readonly DataFile[]> {
  await using file = await open(path)
  const { size } = await file.stat()
  return filesOf(path, await externalTensors(windowed(file), size))
}

/** A graph that was read, with what lies beside it put in; as it is when nothing does. */
export async function withData(path: string, onnx: Uint8Array, onRead: OnRead): Promise<Uint8Array> {
  const read: ReadAt = async (at, length) => onnx.subarray(at, at + length)
  const data = new Map<string, Uint8Array>()
  for (const file of filesOf(path, await externalTensors(read, onnx.length)))
    data.set(file.name, await readDataFile(file, onRead))
  if (data.size === 0) return onnx
  return embedded(onnx, ({ location, offset, length }) => {
    return data.get(location)?.subarray(offset, offset + length) ?? new Uint8Array(0)
  })
}

/** Why one of these files cannot be read as weights; undefined when all of them can. */
export async function dataProblem(files: readonly DataFile[]): Promise<string | undefined> {
  for (const { name, path, bytes } of files) {
    const info = await lstat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (info === undefined)
      return `its weights lie in ${shown(name)}, which is not beside it: copy that file there too`
    if (info.isSymbolicLink())
      return `its weights lie in ${shown(name)}, which is a link: put the file itself there`
    if (!info.isFile()) return `its weights lie in ${shown(name)}, which is no file`
    if (info.size < bytes)
      return `its weights lie in ${shown(name)}, which is cut: it has ${info.size} bytes where ${bytes} belong`
  }
  return undefined
}

/** Reads such a file whole; refuses a link. */
async function readDataFile(file: DataFile, onRead: OnRead): Promise<Uint8Array> {
  const problem = await dataProblem([file])
  if (problem !== undefined) throw new ModelRefused(problem)
  return readInBlocks(file.path, onRead, constants.O_RDONLY | constants.O_NOFOLLOW)
}

function filesOf(path: string, tensors: readonly ExternalTensor[]): readonly DataFile[] {
  const ends = new Map<string, number>()
  for (const tensor of tensors) {
    checkLocation(tensor)
    const { location, offset, length } = tensor
    ends.set(location, Math.max(ends.get(location) ?? 0, offset + length))
  }
  return [...ends].map(([name, bytes]) => ({ name, bytes, path: join(dirname(path), name) }))
}

function checkLocation({ location }: ExternalTensor): void {
  const isPlain = location !== '' && !/[/\\\0]/.test(location) && location !== '.' && location !== '..'
  if (!isPlain)
    throw new ModelRefused(
      `its external data lies in ${shown(location)}; only a file beside it, named without a folder, is read`,
    )
}

/** Reads a file in windows: the heads of neighbouring fields lie in one. */
export function windowed(file: Awaited<ReturnType<typeof open>>): ReadAt {
  const window = Buffer.alloc(windowBytes)
  let from = 0
  let filled = 0
  return async (at, length) => {
    if (at < from || at + length > from + filled) {
      from = at
      filled = (await file.read(window, 0, windowBytes, at)).bytesRead
    }
    return window.subarray(at - from, Math.min(at - from + length, filled))
  }
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 100))
}
