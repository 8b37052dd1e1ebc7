import { statSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { visit } from '../../test/fixtures/page/browser.ts'

export interface View {
  readonly name: string
  readonly viewport: { readonly width: number; readonly height: number }
  readonly colorScheme: 'light' | 'dark'
  readonly deviceScaleFactor?: number
  readonly hasTouch?: boolean
}

const desk = { viewport: { width: 1360, height: 1000 } }
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true }

/** A desk and a phone, by day and by night. */
export const views: readonly View[] = [
  { name: 'desk-light', colorScheme: 'light', ...desk },
  { name: 'desk-dark', colorScheme: 'dark', ...desk },
  { name: 'phone-light', colorScheme: 'light', ...phone },
  { name: 'phone-dark', colorScheme: 'dark', ...phone },
]

/** Takes a picture of what is seen first, once its curve is drawn; tells its size. `part`: of this part alone. */
export async function shoot(
  browser: Browser,
  address: string,
  { file, view, part }: { readonly file: string; readonly view: View; readonly part?: string },
): Promise<string> {
  const { page, faults, close } = await visit(browser, address, view)
  try {
    await page.locator('.curve canvas').first().waitFor()
    await page.waitForTimeout(500) // the board sets up its pieces
    if (part === undefined) await page.screenshot({ path: file })
    else await page.locator(part).screenshot({ path: file })
  } finally {
    await close()
  }
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return `${file}: ${Math.round(statSync(file).size / 1000)} kB`
}
