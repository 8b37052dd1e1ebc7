import type { Browser } from 'playwright-core'
import { pause } from '../../../supervisor/time.ts'
import { openBrowser } from '../../../test/fixtures/page/browser.ts'

/** Opens a browser for `use` and closes it whatever comes of it. */
export async function withBrowser<Result>(use: (browser: Browser) => Promise<Result>): Promise<Result> {
  const browser = await openBrowser()
  if (!browser) throw new Error('no /usr/bin/chromium: apt-get install chromium')
  try {
    return await use(browser)
  } finally {
    await browser.close()
  }
}

/** Settles when `is` is true; rejects after `ms` with what was waited for. */
export async function untilSeen(what: string, is: () => Promise<boolean>, ms: number): Promise<void> {
  const endMs = performance.now() + ms
  while (!(await is())) {
    if (performance.now() > endMs) throw new Error(`not seen within ${ms / 1000} s: ${what}`)
    await pause(100)
  }
}
