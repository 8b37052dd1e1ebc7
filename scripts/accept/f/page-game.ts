import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Chess } from 'chess.js'
import type { Browser, Page } from 'playwright-core'
import { boardOf } from '../../../test/fixtures/page/board.ts'
import { visit } from '../../../test/fixtures/page/browser.ts'
import { untilReady } from '../c/until-ready.ts'
import type { Finding, Line } from '../line.ts'
import { root } from '../root.ts'
import { startPod } from '../start-pod.ts'
import { untilSeen, withBrowser } from './page-visit.ts'
import { startStockfish } from './stockfish.ts'

const moveMs = 30_000
const newModelAfter = 10
const mostPlies = 300

/** A whole game on the board of the page against the served model, with a new model in its middle. */
export const pageGameLine: Line = {
  title: 'a whole game on the board',
  check: () => withBrowser(playAGame),
}

async function playAGame(browser: Browser): Promise<readonly Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'podmate-game-'))
  const pod = await startPod({ ARTIFACT_DIRS: folder })
  const engine = startStockfish()
  try {
    await untilReady(pod.url)
    const { page, faults } = await visit(browser, `${pod.url}/`)
    const illegal = await dragIllegally(page)
    const chess = new Chess()
    let news = ''
    while (!isOver(chess) && chess.history().length < mostPlies) {
      await playOneMove(page, chess, await engine.move(uciOf(chess)))
      if (chess.history().length === newModelAfter) news = await bringNewModel(page, folder)
    }
    const said = await boardOf(page).said()
    return [
      { fact: `an illegal drag: "${illegal}"`, holds: illegal.includes('not a legal move') },
      { fact: `after move ${newModelAfter / 2}: "${news}"`, holds: news.includes('generation 2') },
      { fact: `${chess.history().length} plies, "${said}"`, holds: isOver(chess) && /mate|draw/.test(said) },
      { fact: `${faults.length} faults in the console`, holds: faults.length === 0 },
    ]
  } finally {
    engine.end()
    await pod.end()
    rmSync(folder, { recursive: true })
  }
}

function uciOf(chess: Chess): readonly string[] {
  return chess.history({ verbose: true }).map(({ lan }) => lan)
}

function isOver(chess: Chess): boolean {
  return chess.isCheckmate() || chess.isStalemate() || chess.isInsufficientMaterial()
}

async function dragIllegally(page: Page): Promise<string> {
  const board = boardOf(page)
  await board.drag('e2', 'e5')
  await untilSeen('a word about the drag', async () => /legal/.test(await board.said()), moveMs)
  return board.said()
}

/** Drags the engine's move and takes over what the model answers. */
async function playOneMove(page: Page, chess: Chess, uci: string): Promise<void> {
  const board = boardOf(page)
  chess.move(uci)
  await board.drag(uci.slice(0, 2), uci.slice(2, 4))
  if (uci.length > 4) {
    await page.locator('.promotion-dialog-button-group').first().waitFor()
    await page.locator(`.promotion-dialog-button-group[data-piece$=${uci.slice(4)}]`).press('Enter')
  }
  const plies = chess.history().length + (isOver(chess) ? 0 : 1)
  await untilSeen(`ply ${plies}`, async () => (await board.moves()).length === plies, moveMs)
  const last = (await board.moves()).at(-1)
  if (last !== undefined && plies > chess.history().length) chess.move(last)
}

async function bringNewModel(page: Page, folder: string): Promise<string> {
  cpSync(join(root, 'services/inference/demo/model.pt'), join(folder, 'model.pt'))
  const news = page.locator('[data-part=model] .news')
  await news.waitFor({ timeout: 60_000 })
  return (await news.textContent()) ?? ''
}
