import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { inspect } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { hubFetch } from '../../../services/artifacts/uploader/hub/hub-fetch.ts'
import { always, quickTiming } from '../../fixtures/artifacts/client-of.ts'

const token = `hf_${'NotAToken'.padEnd(34, '0')}`
const headers = { Authorization: `Bearer ${token}` }
const fetchFor = hubFetch({ token, userAgent: 'podmate/0.0.0', timing: quickTiming })
const send = fetchFor({ signal: always })

async function serve(listener: RequestListener, host = '127.0.0.1'): Promise<string> {
  const server = createServer(listener)
  server.listen(0, host)
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const { port } = server.address() as AddressInfo // it listens on TCP
  return `http://${host}:${port}`
}

test('hubFetch() says who is asking', async () => {
  const url = await serve((request, response) => response.end(request.headers['user-agent']))
  expect(await (await send(url)).text()).toBe('podmate/0.0.0')
})

test('hubFetch() follows redirects with method and body, and takes the token to no other host', async () => {
  const seen: { request: IncomingMessage; body: string }[] = []
  const there = await serve(async (request, response) => {
    seen.push({ request, body: (await buffer(request)).toString() })
    response.end('there')
  })
  const here = await serve((request, response) => {
    const Location = request.url === '/far' ? `${there}/taken` : '/far'
    request
      .resume()
      .on('end', () => response.writeHead(request.url === '/far' ? 302 : 307, { Location }).end())
  })
  const counted: number[] = []
  const errand = { signal: always, onBytes: (count: number) => counted.push(count) }
  const answer = await fetchFor(errand)(`${here}/near`, {
    method: 'POST',
    headers,
    body: new Blob(['12345']),
  })
  expect(await answer.text()).toBe('there')
  expect(
    seen.map(({ request: { method, url, headers }, body }) => [method, url, headers.authorization, body]),
  ).toEqual([['POST', '/taken', undefined, '12345']])
  expect(counted.reduce((sum, count) => sum + count, 0)).toBe(5)
})

test('hubFetch() ends a circle of redirects and one that leads out of encryption', async () => {
  const circle = await serve((_request, response) => response.writeHead(302, { Location: '/' }).end())
  await expect(send(circle)).rejects.toMatchObject({ status: 302 })
  const out = await serve((_request, response) =>
    response.writeHead(302, { Location: 'http://hub.example/' }).end(),
  )
  await expect(send(out)).rejects.toMatchObject({
    status: 302,
    says: expect.stringContaining('not encrypted'),
  })
})

test('hubFetch() tells no token and no signature, whatever the answer repeats', async () => {
  const url = await serve((request, response) => {
    const says = `${request.headers.authorization} at https://s3.example/a?X-Amz-Signature=abc is wrong`
    response.writeHead(400, { 'Content-Type': 'application/json' }).end(JSON.stringify({ error: says }))
  })
  const failure: unknown = await send(`${url}/?X-Amz-Signature=abc`, { headers }).catch(
    (error: unknown) => error,
  )
  expect(failure).toMatchObject({ says: 'Bearer [HF_TOKEN] at https://s3.example/a?… is wrong', status: 400 })
  expect(inspect(failure, { depth: 9 })).not.toMatch(/hf_Not|abc/)
})

test('hubFetch() waits as long as it is told, once, and gives back what was counted of the first try', async () => {
  const times: number[] = []
  const url = await serve((request, response) => {
    times.push(performance.now())
    request.resume().on('end', () => {
      if (times.length === 1) response.writeHead(429, { 'Retry-After': '1' }).end('{"error":"slow down"}')
      else response.end()
    })
  })
  const counted: number[] = []
  const errand = { signal: always, onBytes: (count: number) => counted.push(count) }
  await fetchFor(errand)(url, { method: 'PUT', body: new Blob(['12345']) })
  expect(times).toHaveLength(2)
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(995)
  expect(counted).toEqual([5, -5, 5])
})

test('hubFetch() does not try again what must be done at most once', async () => {
  let requests = 0
  const url = await serve((_request, response) => {
    requests += 1
    response.writeHead(503).end()
  })
  await expect(fetchFor({ signal: always, once: true })(url, { method: 'POST' })).rejects.toMatchObject({
    status: 503,
  })
  expect(requests).toBe(1)
  await expect(send(url)).rejects.toMatchObject({ status: 503 })
  expect(requests).toBe(1 + quickTiming.tries)
})

test('hubFetch() names a host that does not answer, and stops waiting when its signal does', async () => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // it listens on TCP
  server.close()
  await expect(send(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
    status: undefined,
    says: expect.stringMatching(/^127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/),
  })
  const url = await serve((_request, response) => response.writeHead(429, { 'Retry-After': '1' }).end())
  const reason = new Error('time is up')
  const stop = new AbortController()
  const waiting = hubFetch({ token, userAgent: 'a', timing: quickTiming, onRetry: () => stop.abort(reason) })
  await expect(waiting({ signal: stop.signal })(url)).rejects.toBe(reason)
})
