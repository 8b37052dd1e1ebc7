import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ledgerName } from '../../../services/autostop/money/ledger.ts'
import { pause } from '../../../supervisor/time.ts'
import { random } from '../../../test/fixtures/chaos/random.ts'
import { root } from '../root.ts'

export interface LedgerKills {
  readonly kills: number
  /** Of these the wall clock was off by up to a day. */
  readonly jumps: number
  /** Kills after which half a line was left. */
  readonly torn: number
  /** Between what the ledger says and the time that was over. */
  readonly largestErrorSeconds: number
  /** What was told of the budget, in order. */
  readonly notices: readonly string[]
  readonly paidSeconds: number
}

interface Fact {
  readonly first?: number
  readonly notice?: string
  readonly seconds?: number
  readonly up?: number
}

const dayMs = 86_400_000

/** Kills a process that keeps the ledger, with kill -9 at random moments, over and over, under a wall clock that jumps. */
export async function killLedger(kills: number, seed: number, budgetSeconds: number): Promise<LedgerKills> {
  const next = random(seed)
  const dir = await mkdtemp(join(tmpdir(), 'podmate-ledger-'))
  const found = { jumps: 0, torn: 0, largestErrorSeconds: 0, notices: [] as string[], paidSeconds: 0 }
  let firstUpMs: number | undefined
  const take = (fact: Fact) => {
    firstUpMs ??= fact.first
    if (fact.notice !== undefined) found.notices.push(fact.notice)
    if (fact.seconds === undefined || fact.up === undefined || firstUpMs === undefined) return
    found.paidSeconds = (fact.up - firstUpMs) / 1000
    const error = Math.abs(fact.seconds - found.paidSeconds)
    found.largestErrorSeconds = Math.max(found.largestErrorSeconds, error)
  }
  try {
    for (let round = 0; round < kills; round += 1) {
      const isOff = next() < 0.5
      found.jumps += Number(isOff)
      const child = counter(dir, isOff ? (next() - 0.5) * 2 * dayMs : 0, budgetSeconds)
      const counted = follow(child, take)
      await counted.first
      await pause(next() * 600)
      child.kill('SIGKILL')
      await counted.end
      if (next() < 0.3) found.torn += Number(await tear(dir, next()))
    }
    const last = counter(dir, 0, budgetSeconds)
    const counted = follow(last, take)
    await counted.first
    last.kill('SIGKILL')
    await counted.end
    return { kills, ...found }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

function counter(dir: string, offMs: number, budgetSeconds: number): ChildProcess {
  const program = join(root, 'test/fixtures/autostop/count-money.ts')
  return spawn(process.execPath, [program, dir, String(offMs), String(budgetSeconds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** `first`: it has read the ledger and counted. Settles when its output has ended, too. */
function follow(child: ChildProcess, take: (fact: Fact) => void) {
  const hasCounted = Promise.withResolvers<void>()
  // Its stdout is a pipe, by its options.
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  lines.on('line', (line) => {
    const fact: Fact = JSON.parse(line)
    take(fact)
    if (fact.seconds !== undefined) hasCounted.resolve()
  })
  const end = once(child, 'close').then(() => hasCounted.resolve())
  return { first: hasCounted.promise, end }
}

/** What a kill amid an append leaves: the last line once more, cut off. */
async function tear(dir: string, share: number): Promise<boolean> {
  const path = join(dir, 'pod1', ledgerName)
  const line = (await readFile(path, 'utf8')).trimEnd().split('\n').at(-1) ?? ''
  const half = line.slice(0, Math.floor(line.length * share))
  await appendFile(path, half)
  return half !== ''
}
