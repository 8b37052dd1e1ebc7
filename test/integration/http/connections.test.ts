import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { mostConnections } from '../../../services/http/listening/http-server.ts'
import { ask } from '../../fixtures/http/ask.ts'
import { useHttp } from '../../fixtures/http/use-http.ts'

async function openIdle(address: string, count: number): Promise<readonly Socket[]> {
  const { hostname, port } = new URL(address)
  const sockets: Socket[] = []
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
  })
  for (let at = 0; at < count; at += 1) {
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {})
    await once(socket, 'connect')
    sockets.push(socket)
  }
  return sockets
}

test('connections that say nothing shut nobody out: the longest idle ones go, and what is under way stays', async () => {
  const slow = Promise.withResolvers<string>()
  const { address, log } = await useHttp({
    routes: [async (app) => void app.get('/slow', { config: { access: 'open' } }, () => slow.promise)],
  })
  const underWay = ask(address, { path: '/slow' })
  const idle = await openIdle(address, mostConnections + 50)
  expect((await ask(address, { path: '/healthz' })).status).toBe(200)
  await expect.poll(() => idle.filter(({ closed }) => closed).length).toBeGreaterThanOrEqual(50)
  expect(idle[0]?.closed).toBe(true)
  expect(idle.at(-1)?.closed).toBe(false)
  slow.resolve('done')
  expect((await underWay).text).toBe('done')
  const metrics = (await ask(address, { path: '/metrics' })).text
  expect(Number(/^podmate_http_connections_refused_total (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(50)
  expect(log.filter((line) => line.includes('the longest idle is closed'))).toHaveLength(1)
})
