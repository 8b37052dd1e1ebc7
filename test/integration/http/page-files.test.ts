import { expect, test } from 'vitest'
import { ask } from '../../fixtures/http/ask.ts'
import { useHttp } from '../../fixtures/http/use-http.ts'

async function addressesOf(address: string): Promise<readonly string[]> {
  const { text } = await ask(address)
  return [...text.matchAll(/(?:src|href)="(page\/[^"]+)"/g)].map(([, path = '']) => path)
}

test('GET / names only files that are there, by relative addresses, which a browser may keep for good', async () => {
  const { address } = await useHttp()
  const paths = await addressesOf(address)
  expect(paths.length).toBeGreaterThan(40)
  for (const path of paths) {
    const { status, headers } = await ask(address, { path: `/${path}` })
    expect([path, status]).toEqual([path, 200])
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(headers['content-type']).toMatch(/^(text\/(javascript|css); charset=utf-8|image\/svg\+xml)$/)
  }
})

test('GET /page/… compresses for whoever takes that, and serves an old version without letting it be kept', async () => {
  const { address } = await useHttp()
  const path = '/page/0123456789ab/vendor/uplot.js'
  const plain = await ask(address, { path })
  expect(plain.headers).toMatchObject({ 'cache-control': 'no-store', vary: 'accept-encoding' })
  expect(plain.headers['content-encoding']).toBeUndefined()
  const small = await fetch(`${address}${path}`, { headers: { 'accept-encoding': 'gzip' } })
  expect(small.headers.get('content-encoding')).toBe('gzip')
  expect(Number(small.headers.get('content-length'))).toBeLessThan(plain.text.length / 2)
  expect(await small.text()).toBe(plain.text)
})

test.each([
  '../../../package.json',
  '%2e%2e/%2e%2e/page-files.ts',
  'tsconfig.json',
  'shapes.d.ts',
  'vendor/',
  '',
])('GET /page/… has nothing at "%s"', async (name) => {
  const { address } = await useHttp()
  const answer = await ask(address, { path: `/page/0123456789ab/${name}` })
  expect(answer.status).toBe(404)
  expect(answer.headers['content-type']).toContain('application/problem+json')
})

test('GET / of a browser without the token is a form that asks for it; others get a problem', async () => {
  const { address } = await useHttp({ apiToken: 'user-token' })
  const browser = await ask(address, { headers: { accept: 'text/html,*/*' } })
  expect([browser.status, browser.headers['content-type']]).toEqual([401, 'text/html; charset=utf-8'])
  expect(browser.headers['content-security-policy']).toContain("default-src 'none'")
  expect(browser.text).toContain('name="token"')
  const other = await ask(address)
  expect([other.status, other.headers['content-type']]).toEqual([
    401,
    'application/problem+json; charset=utf-8',
  ])
  const [sheet] = [...browser.text.matchAll(/href="(page\/[^"]+\.css)"/g)].map(([, path]) => path)
  expect((await ask(address, { path: `/${sheet}` })).status).toBe(200)
})

test('/events?told=1 leaves out what is not worth telling, and tells the rest in sentences', async () => {
  const { address, pod } = await useHttp()
  const { seq } = pod.status()
  pod.emit({ service: 'trainer', type: 'report', details: { much: 1 } })
  pod.emit({ service: 'trainer', type: 'not-ready', reason: 'it is silent' })
  const answer = await fetch(`${address}/events?told=1&after=${seq}`)
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes('\ndata: ')) text += (await reader?.read())?.value ?? ''
  await reader?.cancel()
  const data = JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? '')
  expect(data).toMatchObject({
    seq: seq + 2,
    level: 'warn',
    text: 'degraded: it is silent',
    service: 'trainer',
  })
})
