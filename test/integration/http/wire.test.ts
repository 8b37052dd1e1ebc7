import { expect, test } from 'vitest'
import { ask, wire } from '../../fixtures/http/ask.ts'
import { runHttp } from '../../fixtures/http/run-http.ts'
import { useHttp } from '../../fixtures/http/use-http.ts'

const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`

const nonsense: readonly (readonly [string, string, string])[] = [
  ['no HTTP at all', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', '400 Bad Request'],
  ['bytes of TLS', '\x16\x03\x01\x02\x00\x01\x00', '400 Bad Request'],
  ['an unknown method', 'FETCH / HTTP/1.1\r\nhost: a\r\n\r\n', '400 Bad Request'],
  ['no host', 'GET / HTTP/1.1\r\n\r\n', '400 Bad Request'],
  [
    'two lengths',
    'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
    '400 Bad Request',
  ],
  [
    'a length and chunks',
    'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
    '400',
  ],
  [
    'a header of 20 KB',
    `GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
    '431 Request Header',
  ],
  ['a header that breaks a line', 'GET / HTTP/1.1\r\nhost: a\r\nx: a\x00b\r\n\r\n', '400 Bad Request'],
]

test.each(nonsense)('http answers %s with a problem, closes and lives on', async (_what, bytes, status) => {
  const { address } = await useHttp()
  const { received, closed } = wire(address, bytes)
  await closed
  expect(received()).toContain(`HTTP/1.1 ${status}`)
  expect(received()).not.toMatch(/node:|\.ts:/)
  expect((await ask(address, { path: '/healthz' })).status).toBe(200)
})

const odd: readonly (readonly [string, string])[] = [
  ['GET http://elsewhere/status HTTP/1.1', '200'],
  ['OPTIONS * HTTP/1.1', '404'],
  ['GET /../../etc/passwd HTTP/1.1', '404'],
  ['GET /docs/static/../../../package.json HTTP/1.1', '403'],
  ['GET /docs/static/%2e%2e/%2e%2e/package.json HTTP/1.1', '403'],
  ['GET /%00 HTTP/1.1', '404'],
  ['GET /?token=%zz HTTP/1.1', '401'],
  ['GET /status HTTP/1.1\r\nexpect: wonders', '417'],
  ['GET /status HTTP/1.1\r\nupgrade: websocket', '200'],
  ['GET /status HTTP/1.0', '200'],
]

test.each(odd)('http answers %j with %s', async (line, status) => {
  const { address } = await useHttp()
  const { received, closed } = wire(address, `${line}\r\nhost: a\r\nconnection: close\r\n\r\n`)
  await closed
  expect(received()).toContain(`HTTP/1.1 ${status} `)
  expect(received()).not.toContain('root:')
})

test('http gives a client 408 that does not finish its headers', async () => {
  const { address } = await useHttp({ timings: { headersMs: 200 } })
  const { received, closed } = wire(address, 'GET / HTTP/1.1\r\nhost: a\r\n')
  await closed
  expect(received()).toContain('408 Request Timeout')
  expect(received()).toContain('did not arrive in time')
})

test('http answers pipelined requests in their order', async () => {
  const { address } = await useHttp()
  const line = wire(
    address,
    get('/healthz') + get('/nothing') + get('/readyz').replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n'),
  )
  await line.closed
  expect(line.received().match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200'])
})

test('http refuses a body that says it is too long before it comes, and closes', async () => {
  const { address } = await useHttp()
  const head = `POST /services/trainer/stop HTTP/1.1\r\nhost: a\r\nauthorization: Bearer generated-token\r\n`
  const { received, closed } = wire(address, `${head}content-length: 99999999\r\n\r\n`)
  await closed
  expect(received()).toContain('413 Payload Too Large')
})

test('http stops reading chunks when they are too many', async () => {
  const { address } = await useHttp()
  const head = `POST /shutdown HTTP/1.1\r\nhost: a\r\nauthorization: Bearer generated-token\r\ntransfer-encoding: chunked\r\n\r\n`
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
  const line = wire(address, head + chunk.repeat(40))
  await line.closed
  expect(line.received()).toContain('413 Payload Too Large')
})

test('http does not mind a client that leaves half way', async () => {
  const { address, log } = await useHttp()
  const lines = [
    wire(address, 'GE'),
    wire(address, 'POST /shutdown HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{'),
    wire(address, get('/events')),
  ]
  await expect.poll(() => lines[2]?.received()).toContain('snapshot')
  for (const { socket } of lines) socket.resetAndDestroy()
  await Promise.all(lines.map(({ closed }) => closed))
  expect((await ask(address, { path: '/healthz' })).status).toBe(200)
  expect(log.filter((line) => line.includes('"err"'))).toEqual([])
})

test('http ends although clients are silent, half way or listening', async () => {
  const running = await useHttp()
  const { address } = running
  const lines = [
    wire(address, ''),
    wire(address, 'GET / HTTP/1.1\r\nho'),
    wire(address, get('/healthz')),
    wire(running.socketPath, get('/logs?follow=1')),
    wire(address, get('/events')),
  ]
  await expect.poll(() => lines[2]?.received()).toContain('200 OK')
  await expect.poll(() => lines[3]?.received()).toContain('retry')
  await expect.poll(() => lines[4]?.received()).toContain('snapshot')
  await running.stop()
  await Promise.all(lines.map(({ closed }) => closed))
  expect(lines[4]?.received()).toContain('snapshot')
})

test('http finishes the answer under way when it is stopped, and cuts it off when it is killed', async () => {
  for (const end of ['finished', 'killed'] as const) {
    const go = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const running = await runHttp({
      routes: [
        async (app) => {
          app.get('/slow', { config: { access: 'open' } }, async () => {
            begun.resolve()
            await go.promise
            return { done: true }
          })
        },
      ],
    })
    const line = wire(await running.url, get('/slow'))
    await begun.promise
    const address = await running.url
    const stopped = running.stop()
    await expect.poll(() => ask(address).catch(({ code }) => code)).toBe('ECONNREFUSED')
    if (end === 'killed') running.kill()
    else go.resolve()
    await Promise.all([stopped, line.closed])
    expect(line.received().includes('{"done":true}')).toBe(end === 'finished')
    if (end === 'finished') expect(line.received()).toMatch(/connection: close/i)
    go.resolve()
  }
})
