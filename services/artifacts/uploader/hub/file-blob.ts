import { constants, type Stats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { HubProblem } from './hub-problem.ts'
import { hubProblem } from './problem-texts.ts'

const chunkBytes = 1 << 20

/**
 * A file as a Blob that is read while it is sent. No link is followed, nothing but a regular file is read, and reading
 * rejects with `changed-file` when `isSame` is false of what is found before or after a piece.
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
    let at = this.#start
    return new ReadableStream(
      {
        pull: async (controller) => {
          if (at === this.#end) return controller.close()
          const chunk = await this.#read(at, Math.min(chunkBytes, this.#end - at))
          at += chunk.length
          controller.enqueue(chunk)
        },
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

  /** Opens the file each time: fetch drops streams that it has begun to read, and nobody would close it then. */
  async #read(at: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    await using handle = await this.#open()
    await this.#check(handle)
    const chunk = new Uint8Array(length)
    const { bytesRead } = await handle.read(chunk, 0, length, at)
    await this.#check(handle)
    if (bytesRead === 0) throw changed(this.#path)
    return chunk.subarray(0, bytesRead)
  }

  #open(): Promise<FileHandle> {
    // O_NONBLOCK: opening a pipe would wait for its writer.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
    return open(this.#path, flags).catch((error: unknown) => {
      throw hubProblem('changed', `${this.#path} can no longer be opened`, { cause: error, path: this.#path })
    })
  }

  async #check(handle: FileHandle): Promise<void> {
    const stats = await handle.stat()
    if (!stats.isFile() || !this.#isSame(stats)) throw changed(this.#path)
  }
}

function changed(path: string): HubProblem {
  return hubProblem('changed', `${path} changed while it was being sent`, { path })
}
