import { chaos } from '../../../test/fixtures/autostop/simulated-pod.ts'
import type { Finding, Line } from '../line.ts'
import { killLedger } from './kill-ledger.ts'

const thresholds = ['80 % of the budget', '90 % of the budget', 'The budget is spent']

/** 50 kills of a real process, and thousands of simulated ones with torn lines, stops, moves and clock jumps. */
export const budgetLine: Line = {
  title: 'the ledger',
  async check() {
    const found = await killLedger(50, 6, 20)
    const told = thresholds.map((text) => found.notices.filter((notice) => notice.startsWith(text)).length)
    return [
      {
        fact: `${found.kills} kills -9 in ${found.paidSeconds.toFixed(0)} s, ${found.jumps} with a clock off by up to a day, ${found.torn} torn lines`,
        holds: found.jumps > 0 && found.torn > 0,
      },
      {
        fact: `largest error ${found.largestErrorSeconds.toFixed(3)} s`,
        holds: found.largestErrorSeconds <= 1,
      },
      {
        fact: `80, 90 and 100 % told ${told.join(', ')} times`,
        holds: found.notices.length === 3 && told.every((times) => times === 1),
      },
      await simulated('without the platform', false),
      await simulated('with stops that the platform tells of', true),
    ]
  },
}

async function simulated(title: string, platform: boolean): Promise<Finding> {
  const [seeds, kills] = [200, 50]
  let [largestMs, jumps, stops] = [0, 0, 0]
  for (let seed = 0; seed < seeds; seed += 1) {
    const result = await chaos({ seed, kills, platform })
    largestMs = Math.max(largestMs, Math.abs(result.errorMs))
    jumps += result.jumps
    stops += result.stops
  }
  const fact = `${title}: ${seeds} seeds, ${seeds * kills} ends, ${stops} stops, ${jumps} jumps, largest error ${(largestMs / 1000).toFixed(3)} s`
  return { fact, holds: largestMs <= 1000 }
}
