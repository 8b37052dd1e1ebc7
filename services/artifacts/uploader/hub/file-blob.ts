import { constants, type Stats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { HubProblem } from './hub-problem.ts'
import { hubProblem } from './problem-texts.ts'

const chunkBytes = 1 << 18

/**
 * A file as a Blob that is read while it is sent. No link is followed, nothing but a regular file is read, and reading
 * rejects with `changed-file` when `isSame` is false of what is found before or after.
 */
export class FileBlob extends Blob {
  readonly #path: string
  readonly #isSame: (stats: Stats) => boolean
  readonly #start: number
  readonly #end: number

  constructor(path: string, isSame: (stats: Stats) => boolean, start: number, end: number) {
    super()
    this.#path = path
    this.#isSame = isSame
    this.#start = start
    this.#end = Math.max(start, end)
  }

  override get size(): number {
    return this.#end - this.#start
  }

  override slice(start = 0, end = this.size): FileBlob {
    const place = (at: number) => Math.min(Math.max(at < 0 ? this.size + at : at, 0), this.size)
    return new FileBlob(this.#path, this.#isSame, this.#start + place(start), this.#start + place(end))
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    let handle: FileHandle | undefined
    let at = this.#start
    const close = async () => {
      const closing = handle?.close()
      handle = undefined
      await closing
    }
    return new ReadableStream(
      {
        pull: async (controller) => {
          try {
            handle ??= await this.#open()
            if (at === this.#end) {
              await this.#check(handle)
              await close()
              return controller.close()
            }
            const chunk = await readChunk(handle, at, Math.min(chunkBytes, this.#end - at))
            if (chunk.length === 0) throw changed(this.#path)
            at += chunk.length
            controller.enqueue(chunk)
          } catch (error) {
            await close()
            controller.error(error)
          }
        },
        cancel: close,
      },
      { highWaterMark: 0 },
    )
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = new Uint8Array(this.size)
    let at = 0
    for await (const chunk of this.stream()) {
      bytes.set(chunk, at)
      at += chunk.length
    }
    return bytes.buffer
  }

  override async text(): Promise<string> {
    return new TextDecoder().decode(await this.arrayBuffer())
  }

  async #open(): Promise<FileHandle> {
    // O_NONBLOCK: opening a pipe would wait for its writer.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
    const handle = await open(this.#path, flags).catch((error: unknown) => {
      throw hubProblem('changed', `${this.#path} can no longer be opened`, { cause: error, path: this.#path })
    })
    try {
      await this.#check(handle)
      return handle
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  async #check(handle: FileHandle): Promise<void> {
    const stats = await handle.stat()
    if (!stats.isFile() || !this.#isSame(stats)) throw changed(this.#path)
  }
}

async function readChunk(handle: FileHandle, at: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunk = new Uint8Array(length)
  const { bytesRead } = await handle.read(chunk, 0, length, at)
  return bytesRead === length ? chunk : chunk.subarray(0, bytesRead)
}

function changed(path: string): HubProblem {
  return hubProblem('changed', `${path} changed while it was being sent`, { path })
}
