import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { repository, startPodmate } from '../../fixtures/boot/podmate.ts'
import { boardOf } from '../../fixtures/page/board.ts'
import { needsBrowser, openBrowser, visit } from '../../fixtures/page/browser.ts'
import { seriousViolations } from '../../fixtures/page/serious-violations.ts'

let browser: Browser | undefined
const patience = { timeout: 60_000 }
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 })

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())
beforeEach(needsBrowser)

async function openPod(env: NodeJS.ProcessEnv = {}) {
  if (!browser) throw new Error('there is no browser')
  const pod = startPodmate(env)
  const { token } = (await pod.ask('/token')).json()
  const opened = await visit(browser, `${await pod.url()}/?token=${token}`)
  onTestFinished(() => opened.close())
  const textOf = (selector: string) => opened.page.locator(selector).textContent()
  return { ...opened, pod, textOf }
}

test('the page of a whole pod draws the curve of its training while it runs, holds the pod, and says how the training ended', async () => {
  const training = join(repository, 'test/fixtures/page/training.mjs')
  const { page, faults, textOf } = await openPod({
    START_INFERENCE_API: '0',
    TRAIN_COMMAND: `'${process.execPath}' '${training}'`,
    TRAIN_STEPS: '150',
    TRAIN_PAUSE_MS: '20',
    TRAIN_RESTART: 'never',
  })
  const step = async () => Number(/step ([\d,]+)/.exec((await textOf('[data-part=readout]')) ?? '')?.[1] ?? 0)
  await expect.poll(step, patience).toBeGreaterThan(0)
  const first = await step()
  await expect.poll(step, patience).toBeGreaterThan(first)
  await expect.poll(step, patience).toBe(150)
  await page.getByRole('button', { name: 'Keep it running' }).click()
  await expect.poll(() => textOf('h1'), patience).toContain('Held until')
  await page.getByRole('button', { name: 'Release' }).click()
  await expect.poll(() => textOf('h1'), patience).not.toContain('Held until')
  const isDrawn = `(() => {
    const canvas = document.querySelector('.curve canvas')
    return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0)
  })()`
  expect(await page.evaluate(isDrawn)).toBe(true)
  await expect.poll(() => textOf('[data-part=summary]'), patience).toContain('completed')
  expect(await textOf('#machine')).toMatch(/CPU.*core/)
  expect(faults).toEqual([])
})

test('the board plays the served model, refuses an illegal drag, and says that a new model answers', async () => {
  const { page, pod, faults, textOf } = await openPod()
  const board = boardOf(page)
  await expect.poll(() => textOf('[data-part=model]'), patience).toContain('Generation 1')
  await expect.poll(() => textOf('[data-part=model]'), patience).toContain('model.pt · cpu · 15.8 % top-1')
  await board.drag('e2', 'e4')
  await expect.poll(board.said, patience).toMatch(/^The model played/)
  expect(await board.moves()).toHaveLength(2)
  expect(await page.locator('.candidates li').count()).toBe(6)
  await board.drag('g1', 'g4')
  await expect.poll(board.said, patience).toBe('g1–g4 is not a legal move.')
  expect(await board.moves()).toHaveLength(2)
  await board.tap('g1')
  await board.tap('f3')
  await expect.poll(board.moves, patience).toHaveLength(4)

  mkdirSync(join(pod.folder, 'artifacts'))
  cpSync(join(repository, 'services/inference/demo/model.pt'), join(pod.folder, 'artifacts/model.pt'))
  await expect
    .poll(() => textOf('[data-part=model]'), patience)
    .toContain('generation 2 answers from your next move on')
  await page.locator('#move').fill('Bc4')
  await page.keyboard.press('Enter')
  await expect.poll(board.moves, patience).toHaveLength(6)
  expect(await textOf('[data-part=model]')).toContain('Generation 2 answers now; it was 1.')

  expect(await seriousViolations(page)).toEqual([])
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(board.moves, patience).toHaveLength(4)
  await page.getByRole('button', { name: 'Black' }).click()
  await expect.poll(board.moves, patience).toHaveLength(1)
  expect(faults).toEqual([])
})
