import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { bannerProbe } from '../../../services/sshd/banner.ts'

/** A server that greets like this; its port. */
async function greeter(greet: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {}) // the probe goes when it has read enough
    greet(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as { port: number } // a listening TCP server has one
  return port
}

test('bannerProbe() passes when an SSH server greets, and knows the traces that it leaves', async () => {
  const visitors: number[] = []
  const port = await greeter((socket) => {
    visitors.push(socket.remotePort ?? 0)
    socket.write('SSH-2.0-OpenSSH_9.2p1 Debian\r\n')
  })
  const { probe, isTrace } = bannerProbe(port)
  await probe(new AbortController().signal)
  expect(isTrace(`Connection closed by 127.0.0.1 port ${visitors[0]} [preauth]`)).toBe(true)
  expect(isTrace('Connection closed by 127.0.0.1 port 1 [preauth]')).toBe(false)
})

test('bannerProbe() is not taken in by another server', async () => {
  const page = await greeter((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nSSH-2.0'))
  await expect(bannerProbe(page).probe(new AbortController().signal)).rejects.toThrow(
    `what answers at port ${page} is no SSH server: "HTTP/1.1 200 OK"`,
  )
})

test('bannerProbe() fails when nobody listens, hangs up or says nothing in time', async () => {
  const silent = await greeter(() => {})
  const over = new AbortController()
  const waiting = bannerProbe(silent).probe(over.signal)
  over.abort()
  await expect(waiting).rejects.toThrow('abort')
  const rude = await greeter((socket) => socket.end())
  await expect(bannerProbe(rude).probe(new AbortController().signal)).rejects.toThrow(
    `port ${rude} was closed without a greeting`,
  )
  await expect(bannerProbe(1).probe(new AbortController().signal)).rejects.toThrow('ECONNREFUSED')
})
