import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const endOfHead = Buffer.from('\r\n\r\n')

/**
 * A kept-alive HTTP/1.1 connection that asks one thing at a time. It understands just what the two servers send
 * (a status line and Content-Length), so that it costs them as little of the machine as possible.
 */
export class Connection {
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #answer: PromiseWithResolvers<string> | undefined

  private constructor(socket: Socket) {
    this.#socket = socket.setNoDelay()
    socket.on('data', (chunk: Buffer) => this.#take(chunk)) // no encoding is set
    socket.on('error', (error) => this.#answer?.reject(error))
    socket.on('close', () => this.#answer?.reject(new Error('the server closed the connection')))
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new Connection(socket)
  }

  /** The body of the answer; rejects when its status is not 200. */
  ask(request: Buffer): Promise<string> {
    this.#answer = Promise.withResolvers<string>()
    this.#socket.write(request)
    return this.#answer.promise
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    const headEnd = this.#received.indexOf(endOfHead)
    if (headEnd < 0) return
    const head = this.#received.toString('latin1', 0, headEnd)
    const bodyStart = headEnd + endOfHead.length
    const end = bodyStart + Number(/^content-length: *(\d+)/im.exec(head)?.[1]) // NaN: nothing is waited for
    if (this.#received.length < end) return
    const body = this.#received.toString('utf8', bodyStart, end)
    this.#received = this.#received.subarray(end)
    if (head.startsWith('HTTP/1.1 200 ')) this.#answer?.resolve(body)
    else this.#answer?.reject(new Error(`${head.split('\r\n')[0]}: ${body.slice(0, 300)}`))
  }
}

/** POST /infer as bytes. */
export function requestOf(context: readonly string[]): Buffer {
  const body = JSON.stringify({ context, topk: 10 })
  const head = `POST /infer HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`
  return Buffer.from(`${head}\r\n\r\n${body}`)
}
