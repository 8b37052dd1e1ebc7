import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { cookieOf } from '../../../services/http/requests/access.ts'
import type { HttpOptions } from '../../../services/http/service.ts'
import { useHttp } from '../../fixtures/http/use-http.ts'
import { needsBrowser, openBrowser, type Visit, visit } from '../../fixtures/page/browser.ts'
import { startCuttingProxy } from '../../fixtures/page/cutting-proxy.ts'
import { seriousViolations } from '../../fixtures/page/serious-violations.ts'
import { type StandIn, standIn } from '../../fixtures/page/stand-in.ts'
import { pointAt } from '../../fixtures/page/stand-in-data.ts'

let browser: Browser | undefined
const patience = { timeout: 60_000 }
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())
beforeEach(needsBrowser)

async function open(
  options: Partial<HttpOptions> = {},
  how: Parameters<typeof visit>[2] & { readonly query?: string } = {},
): Promise<Visit & { readonly pod: StandIn }> {
  if (!browser) throw new Error('there is no browser')
  const pod = await standIn(options)
  onTestFinished(() => {
    pod.kill()
    return pod.stop()
  })
  const { query = '', ...context } = how
  const visited = await visit(browser, `${await pod.url}/${query}`, context)
  onTestFinished(() => visited.close())
  return { ...visited, pod }
}

test.each([
  ['light', { width: 1360, height: 900 }],
  ['dark', { width: 390, height: 844 }],
] as const)(
  'the page has no serious fault for axe, in %s, and asks nobody else',
  async (colorScheme, viewport) => {
    const { page, faults, pod } = await open({}, { colorScheme, viewport })
    await page.locator('.jobs tbody tr').first().waitFor()
    await page.locator('.uplot canvas').first().waitFor()
    expect(await seriousViolations(page)).toEqual([])
    for (const summary of await page.locator('details summary').all()) await summary.click()
    pod.autostop({ verdict: 'countdown', why: 'Nobody is here.', stops_at: Date.now() + 60_000 })
    pod.pod.emit({ service: 'sshd', type: 'crashloop', retryMs: 300_000, failures: 8 })
    await page.locator('.alert.tone-danger').waitFor()
    await page.locator('.verdict-words.tone-warn').waitFor()
    expect(await seriousViolations(page)).toEqual([])
    const width = await page.evaluate('document.documentElement.scrollWidth')
    expect(width).toBe(viewport.width)
    expect(faults).toEqual([])
  },
)

test('the page keeps up with the pod while events come without a pause', async () => {
  const { page, pod } = await open()
  const notice = { service: 'trainer', type: 'notice', level: 'warn', text: 'the loss jumped' } as const
  const flood = setInterval(() => pod.pod.emit(notice), 20)
  onTestFinished(() => clearInterval(flood))
  await expect.poll(() => page.locator('#events').textContent(), patience).toContain('the loss jumped')
  pod.autostop({ why: 'Somebody types.' })
  await expect.poll(() => page.locator('h1').textContent(), patience).toContain('Somebody types.')
})

test('the page says why the pod runs, what it costs and what fails, as it comes', async () => {
  const { page, pod, faults } = await open()
  const verdict = page.locator('#verdict')
  await expect.poll(() => verdict.textContent(), patience).toContain('A training step came 2 s ago.')
  expect(await verdict.textContent()).toContain('$4.27')
  expect(await page.locator('#services').textContent()).toContain('HEALTHCHECKS_URL is not set')
  expect(await page.locator('#connect').textContent()).toContain('ssh -p 40112 root@203.0.113.7')
  expect(await page.locator('#artifacts').textContent()).toContain('41 files')
  pod.autostop({
    verdict: 'stopping',
    why: 'The budget is spent.',
    stop: { step: 'stop', attempts: 3, problem: 'RunPod answers 500.', next_try_at: Date.now() + 30_000 },
  })
  pod.pod.emit({ service: 'trainer', type: 'not-ready', reason: 'it writes nothing' })
  const alerts = page.locator('#alerts')
  await expect.poll(() => alerts.textContent(), patience).toContain('trainer: degraded')
  expect(await alerts.textContent()).toContain('The pod could not be stopped')
  expect(await alerts.textContent()).toContain('RunPod answers 500.')
  expect(await page.locator('#events').textContent()).toContain('degraded: it writes nothing')
  expect(faults).toEqual([])
})

test('the hold button holds with the reason that was given, and releases', async () => {
  const { page, pod, faults } = await open({}, { query: '?token=generated-token' })
  await page.locator('[name=hours]').selectOption('4')
  await page.locator('[name=why]').fill('lunch')
  await page.getByRole('button', { name: 'Keep it running' }).click()
  await expect.poll(() => page.locator('h1').textContent(), patience).toContain('lunch')
  await page.getByRole('button', { name: 'Release' }).click()
  await expect.poll(() => page.locator('h1').textContent(), patience).toContain('A training step')
  expect(pod.asked).toEqual([{ seconds: 14_400, why: 'lunch' }, { released: true }])
  expect(faults).toEqual([])
})

test('the stop button asks whether it is meant, and stops the pod', async () => {
  const { page, pod, faults } = await open({}, { query: '?token=generated-token' })
  const stop = page.getByRole('button', { name: 'Stop the pod' })
  page.once('dialog', (dialog) => void dialog.dismiss())
  await stop.click()
  page.once('dialog', (dialog) => {
    expect(dialog.message()).toMatch(/^Stop the pod\? The trainer ends with a checkpoint/)
    void dialog.accept()
  })
  await stop.click()
  await expect.poll(() => page.locator('h1').textContent(), patience).toContain('The pod stops in')
  expect(pod.asked).toEqual([{ stopped: true }])
  expect(faults).toEqual([])
})

describe('the token', () => {
  test('is asked for by a change, and the page goes on with it in a cookie that no script can read', async () => {
    const { page, pod } = await open()
    await page.getByRole('button', { name: 'Keep it running' }).click()
    await page.locator('dialog[open]').waitFor()
    await page.locator('#token-field').fill('generated-token')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.locator('#live[data-state=live]').waitFor()
    expect(new URL(page.url()).search).toBe('')
    await page.getByRole('button', { name: 'Keep it running' }).click()
    await expect.poll(() => pod.asked, patience).toEqual([{ seconds: 7200 }])
    expect(await page.evaluate('document.cookie')).toBe('')
    const [cookie] = await page.context().cookies()
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', value: cookieOf('generated-token') })
  })

  test('is asked for by a form when the user has set one', async () => {
    const { page, faults } = await open(
      { apiToken: 'the user chose this' },
      { query: '?token=the+user+chose+this' },
    )
    expect(faults).toEqual([])
    await page.context().clearCookies()
    const answer = await page.reload()
    expect([answer?.status(), await page.locator('h1').textContent()]).toEqual([
      401,
      'This pod asks for its token.',
    ])
    await page.locator('#token-field').fill('the user chose this')
    await page.getByRole('button', { name: 'Open' }).click()
    await page.locator('#live[data-state=live]').waitFor()
  })
})

test('the curve grows with every point, shows a part closely, compares runs, and keeps the choice of keys, scale and smoothing', async () => {
  const { page, pod, faults } = await open()
  const readout = page.locator('[data-part=readout]')
  await expect.poll(() => readout.textContent(), patience).toContain('step 18,240')
  pod.jobs.push('a0000003', pointAt(18_260, 0))
  await expect.poll(() => readout.textContent(), patience).toContain('step 18,260')
  await page.getByRole('checkbox', { name: 'lstm-256' }).check()
  await expect.poll(() => readout.textContent(), patience).toContain('lstm-256 loss')
  const chart = await page.locator('.curve .u-over').first().boundingBox()
  if (!chart) throw new Error('there is no chart')
  await page.mouse.move(chart.x + 100, chart.y + 50)
  await page.mouse.down()
  await page.mouse.move(chart.x + 200, chart.y + 60)
  const closer = page.waitForRequest((request) => /metrics\?since=\d+&until=\d+&points=/.test(request.url()))
  await page.mouse.up()
  await closer
  await page.getByRole('button', { name: /^Steps [\d,]+–[\d,]+/ }).click()
  await page.getByRole('button', { name: 'grad_norm' }).click()
  await page.getByRole('button', { name: 'Log scale' }).click()
  await page.getByRole('slider', { name: 'Smoothing' }).fill('0.9')
  await expect.poll(() => page.locator('.curve').count(), patience).toBe(2)
  await page.reload()
  await expect.poll(() => page.locator('.curve').count(), patience).toBe(2)
  expect(await page.getByRole('button', { name: 'Log scale' }).getAttribute('aria-pressed')).toBe('true')
  expect(await page.getByRole('slider', { name: 'Smoothing' }).inputValue()).toBe('0.9')
  expect(faults).toEqual([])
})

test('the page lives on behind a proxy that adds a prefix and cuts every connection', async () => {
  if (!browser) return
  const pod = await standIn()
  onTestFinished(() => {
    pod.kill()
    return pod.stop()
  })
  const proxy = await startCuttingProxy(await pod.url, 1000)
  onTestFinished(() => proxy.close())
  const { page, faults, close } = await visit(browser, `${proxy.address}?token=generated-token`)
  onTestFinished(close)
  await expect.poll(proxy.cuts, { timeout: 60_000 }).toBeGreaterThan(4)
  pod.jobs.push('a0000003', pointAt(18_260, 0))
  pod.pod.emit({ service: 'trainer', type: 'not-ready', reason: 'told after many cuts' })
  await expect
    .poll(() => page.locator('[data-part=readout]').textContent(), patience)
    .toContain('step 18,260')
  await expect.poll(() => page.locator('#events').textContent(), patience).toContain('told after many cuts')
  await page.getByRole('button', { name: 'Keep it running' }).click()
  await expect.poll(() => pod.asked, patience).toEqual([{ seconds: 7200 }])
  // A browser writes every cut stream into its console; nothing else may be there.
  expect(
    faults.filter(
      (fault) => !/ERR_(INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|CONNECTION_RESET)/.test(fault),
    ),
  ).toEqual([])
})

test('the documentation of the API opens over plain http and behind a prefix', async () => {
  if (!browser) return
  const { address } = await useHttp()
  const proxy = await startCuttingProxy(address, 60_000)
  onTestFinished(() => proxy.close())
  const context = await browser.newContext()
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  await page.goto(`${proxy.address}docs`)
  await page.getByText('/healthz').first().waitFor()
  expect(faults).toEqual([])
})
