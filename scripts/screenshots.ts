#!/usr/bin/env node
import { join } from 'node:path'
import { openBrowser } from '../test/fixtures/page/browser.ts'
import { standIn } from '../test/fixtures/page/stand-in.ts'
import { root } from './accept/root.ts'
import { shoot, views } from './screenshots/shoot.ts'

// Pictures of the page for the README: the real page, over a pod whose figures are made up.
const browser = await openBrowser()
if (!browser) throw new Error('no /usr/bin/chromium: apt-get install chromium')
const pod = await standIn({ version: '0.1.0' })
try {
  for (const view of views) {
    const file = join(root, 'docs', `page-${view.name}.png`)
    console.log(await shoot(browser, await pod.url, { file, view }))
  }
} finally {
  await browser.close()
  pod.kill()
  await pod.stop()
}
