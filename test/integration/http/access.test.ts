import { expect, test } from 'vitest'
import { cookieOf } from '../../../services/http/requests/access.ts'
import { ask } from '../../fixtures/http/ask.ts'
import { fakePod } from '../../fixtures/http/fake-pod.ts'
import { useHttp } from '../../fixtures/http/use-http.ts'

const userToken = 'the user chose this one'
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

const routes = [
  ['GET', '/healthz', 'open'],
  ['GET', '/readyz', 'open'],
  ['GET', '/', 'read'],
  ['GET', '/status', 'read'],
  ['GET', '/timing', 'read'],
  ['HEAD', '/events', 'read'],
  ['GET', '/logs', 'read'],
  ['GET', '/logs/trainer', 'read'],
  ['GET', '/metrics', 'read'],
  ['GET', '/openapi.json', 'read'],
  ['GET', '/docs/', 'read'],
  ['GET', '/docs/static/swagger-ui.css', 'read'],
  ['POST', '/services/trainer/restart', 'change'],
  ['POST', '/shutdown', 'change'],
] as const
const passes = [200, 202]

test.each(routes)('%s %s (%s) asks for the token as its access says', async (method, path, access) => {
  const open = await useHttp({}, fakePod())
  const closed = await useHttp({ apiToken: 'user-token' }, fakePod())
  const cookie = (where: string, token: string) => ({
    cookie: `other=1; podmate_${new URL(where).port}=${cookieOf(token)}`,
    'sec-fetch-site': 'same-origin',
  })
  const needed = { open: access === 'change', closed: access !== 'open' }
  for (const [where, needs, right] of [
    [open.address, needed.open, 'generated-token'],
    [closed.address, needed.closed, 'user-token'],
  ] as const) {
    const status = async (headers: Record<string, string>, query = '') =>
      (await ask(where, { method, path: path + query, headers })).status
    const refused = needs ? [401] : passes
    expect(refused).toContain(await status({}))
    expect(refused).toContain(await status(bearer('wrong')))
    expect(refused).toContain(await status(cookie(where, 'wrong')))
    expect(passes).toContain(await status(bearer(right)))
    expect(passes).toContain(await status({ authorization: `bearer  ${right}` }))
    expect(passes).toContain(await status(cookie(where, right)))
    if (path !== '/') expect(passes).toContain(await status({}, `?token=${right}`))
    if (needs) expect(await status({}, '?token=wrong')).toBe(401)
  }
  for (const { socketPath } of [open, closed]) {
    expect(passes).toContain((await ask(socketPath, { method, path })).status)
  }
})

test('401 says how to get the token, and names no token', async () => {
  const { address } = await useHttp({ apiToken: 'user-token' })
  for (const headers of [{}, bearer('guess')]) {
    const answer = await ask(address, { path: '/status', headers })
    expect(answer.status).toBe(401)
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/)
    expect(answer.json().detail).toContain('podctl url')
    expect(answer.text).not.toMatch(/user-token|guess/)
  }
})

test('a change by cookie is taken from our own page only', async () => {
  const { address, pod } = await useHttp()
  const cookie = `podmate_${new URL(address).port}=${cookieOf('generated-token')}`
  const post = async (headers: Record<string, string>) =>
    (await ask(address, { method: 'POST', path: '/services/trainer/stop', headers: { cookie, ...headers } }))
      .status
  expect(await post({ 'sec-fetch-site': 'cross-site' })).toBe(403)
  expect(await post({ origin: 'http://evil.example' })).toBe(403)
  expect(await post({})).toBe(403)
  expect(pod.asked).toEqual([])
  expect(await post({ origin: address })).toBe(200)
  expect(await post({ 'sec-fetch-site': 'same-origin' })).toBe(200)
})

test('a change answers 503 while the generated token cannot be read; the control socket still works', async () => {
  let volume = false
  const { address, socketPath } = await useHttp({
    generatedToken: async () => {
      if (!volume) throw new Error('the volume does not answer')
      return 'late-token'
    },
  })
  const stop = { method: 'POST', path: '/services/trainer/stop', headers: bearer('late-token') }
  const answer = await ask(address, stop)
  expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5'])
  expect(answer.json().detail).toContain('the volume does not answer')
  expect((await ask(socketPath, { ...stop, headers: {} })).status).toBe(200)
  expect((await ask(address, { path: '/status' })).status).toBe(200)
  volume = true
  expect((await ask(address, stop)).status).toBe(200)
})

test('GET /?token= trades the token for a cookie and leaves the address clean', async () => {
  const { address } = await useHttp({ apiToken: userToken })
  const path = `/?token=${encodeURIComponent(userToken)}`
  const answer = await ask(address, { path })
  expect([answer.status, answer.headers.location]).toEqual([303, './'])
  const [cookie = ''] = answer.headers['set-cookie'] ?? []
  expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/)
  const [pair = ''] = cookie.split(';')
  expect(cookie).not.toContain(encodeURIComponent(userToken))
  expect((await ask(address, { headers: bearer(pair.split('=')[1] ?? '') })).status).toBe(401)
  expect((await ask(address, { headers: { cookie: pair } })).status).toBe(200)
  const secure = await ask(address, { path, headers: { 'x-forwarded-proto': 'https' } })
  expect(secure.headers['set-cookie']?.[0]).toMatch(/; Secure$/)
})

test('GET /?token= with a wrong token sets no cookie, also where reading is open', async () => {
  for (const apiToken of [undefined, 'user-token']) {
    const { address } = await useHttp({ apiToken })
    const answer = await ask(address, {
      path: '/?token=wrong',
      headers: bearer(apiToken ?? 'generated-token'),
    })
    expect([answer.status, answer.headers['set-cookie']]).toEqual([401, undefined])
  }
})

test('the token is told on the control socket and nowhere else', async () => {
  const { address, socketPath } = await useHttp()
  expect((await ask(socketPath, { path: '/token' })).json()).toEqual({ token: 'generated-token' })
  expect((await ask(address, { path: '/token' })).status).toBe(401)
  expect((await ask(address, { path: '/token', headers: bearer('generated-token') })).status).toBe(403)
})

test('the token never reaches the log, whatever goes wrong', async () => {
  const { address, log, stop } = await useHttp({
    apiToken: 'sentinel-token',
    verbose: true,
    routes: [
      async (app) => {
        app.get('/fault', { config: { access: 'read', activity: true } }, () => {
          throw new Error('fault')
        })
      },
    ],
  })
  for (const path of ['/fault', '/status', '/nothing', '/', '/%zz']) {
    await ask(address, { path: `${path}?token=sentinel-token` })
    await ask(address, { path, headers: bearer('sentinel-token') })
  }
  await stop()
  expect(log.join('')).toContain('/fault')
  expect(log.join('')).not.toContain('sentinel-token')
})

test('GET /?token= from another site sets the cookie and goes on from a page of ours', async () => {
  const { address } = await useHttp({ apiToken: 'user-token' })
  const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
  const answer = await ask(address, { path: '/?token=user-token', headers })
  expect([answer.status, answer.headers['set-cookie']?.length]).toEqual([200, 1])
  expect(answer.text).toContain('<meta http-equiv="refresh" content="0;url=./">')
  expect(answer.text).not.toContain('user-token')
})

test('a loopback listener without API_TOKEN tells nothing to a site whose name was made to lead there', async () => {
  const open = await useHttp()
  const status = async (where: string, host: string) =>
    (await ask(where, { path: '/status', headers: { host } })).status
  for (const host of ['evil.example', 'evil.example:8000', 'localhost.evil.example', ''])
    expect([host, await status(open.address, host)]).toEqual([host, host === '' ? 200 : 421])
  for (const host of ['localhost:8000', 'pod.localhost', '127.0.0.1', '[::1]:80', '192.0.2.7:8000'])
    expect([host, await status(open.address, host)]).toEqual([host, 200])
  expect(await status(open.socketPath, 'evil.example')).toBe(200)
  expect((await ask(open.address, { path: '/healthz', headers: { host: 'evil.example' } })).status).toBe(200)
  const closed = await useHttp({ apiToken: 'user-token' })
  const headers = { host: 'evil.example', ...bearer('user-token') }
  expect((await ask(closed.address, { path: '/status', headers })).status).toBe(200)
})
