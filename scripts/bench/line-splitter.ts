import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { lineSplitter } from '../../supervisor/line-splitter.ts'
import type { Comparison } from './comparison.ts'
import { timeOf } from './time-of.ts'

const chunk = Buffer.from(`${'step 12345 loss 0.1234 '.repeat(4)}\n`.repeat(700)).subarray(0, 65_536)
const chunks = 300
const megabytes = (chunks * chunk.length) / 1e6

/** Lines of a program's output: those that are kept are cleaned and bounded, those over the rate are only counted. */
export async function benchLineSplitter(): Promise<readonly Comparison[]> {
  const reference = await timeOf(async () => {
    const input = Readable.from(Array.from({ length: chunks }, () => chunk))
    await once(
      createInterface({ input }).on('line', () => {}),
      'close',
    )
  })
  const kept = await timeOf(() => split(false))
  const counted = await timeOf(() => split(true))
  return [
    comparison('lines, all kept', kept, reference),
    comparison('lines, over the rate', counted, reference),
  ]
}

function split(exhausted: boolean): void {
  const rate = { admit: () => !exhausted, exhausted: () => exhausted, drop() {}, end() {} }
  const splitter = lineSplitter(
    () => {},
    rate,
    (text) => text,
  )
  for (let count = 0; count < chunks; count += 1) splitter.push(chunk)
  splitter.end()
}

function comparison(what: string, ours: number, reference: number): Comparison {
  const rate = (ms: number) => `${Math.round((megabytes / ms) * 1000)} MB/s`
  return { what, ours: rate(ours), reference: `${rate(reference)} (node:readline)`, ratio: reference / ours }
}
