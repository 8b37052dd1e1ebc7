import type { Browser } from 'playwright-core'
import { visit } from '../../../test/fixtures/page/browser.ts'
import { startCuttingProxy } from '../../../test/fixtures/page/cutting-proxy.ts'
import type { Finding, Line } from '../line.ts'
import { startJobPod } from './job-pod.ts'
import { fill } from './million.ts'
import { untilSeen, withBrowser } from './page-visit.ts'

const cutMs = 10_000
const cutsSeen = 6

/** The page behind a proxy that adds a prefix and cuts every connection after ten seconds. */
export const pageProxyLine: Line = {
  title: 'a proxy that cuts after 10 s, with a prefix',
  check: () => withBrowser(liveOn),
}

async function liveOn(browser: Browser): Promise<readonly Finding[]> {
  const pod = await startJobPod({ START_INFERENCE_API: '0' })
  const proxy = await startCuttingProxy(pod.url, cutMs)
  try {
    const job = await pod.job('behind a proxy')
    await fill(job, 100)
    const token = pod.headers.authorization?.replace('Bearer ', '') ?? ''
    const { page, faults } = await visit(browser, `${proxy.address}?token=${token}`)
    await untilSeen(`${cutsSeen} cuts`, async () => proxy.cuts() >= cutsSeen, 120_000)
    await fill(job, 200)
    const readout = page.locator('[data-part=readout]')
    await untilSeen(
      'a point that came after the cuts',
      async () => ((await readout.textContent()) ?? '').includes('step 200'),
      30_000,
    )
    const other = faults.filter((fault) => !/net::ERR_/.test(fault))
    return [
      { fact: `${proxy.cuts()} streams cut, and the curve goes on`, holds: true },
      { fact: `${other.length} faults besides the cuts themselves`, holds: other.length === 0 },
    ]
  } finally {
    await proxy.close()
    await pod.end()
  }
}
