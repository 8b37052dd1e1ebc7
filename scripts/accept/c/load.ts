import { availableParallelism } from 'node:os'
import { type BenchReport, benchInference } from '../../bench/inference/bench-inference.ts'
import { figuresOf, medianOf } from '../../bench/inference/figures.ts'
import { readOptions } from '../../bench/inference/options.ts'
import { mostMb, peerAlone } from '../../bench/inference/report-lines.ts'
import { type Kind, kinds } from '../../bench/inference/script-source.ts'
import type { Finding, Line } from '../line.ts'

/** Times as fast as the peer: what must be, and what is wished for. */
const wanted: Readonly<
  Record<Kind, Readonly<Record<string, { readonly must: number; readonly goal: number }>>>
> = {
  independent: { 1: { must: 3, goal: 4 }, 8: { must: 5, goal: 7 }, 32: { must: 9, goal: 13 } },
  growing: { 1: { must: 5, goal: 7 }, 8: { must: 8, goal: 12 }, 32: { must: 8, goal: 15 } },
}
const limits = { memoryShare: 1 / 3, p99OverP50: 4, idlePercent: 1, peerOverLoop: 1.5 }

/** Behaviour 70, at full size: `npm run bench -- inference`, judged. */
export const load: Line = {
  title: 'load',
  async check() {
    const report = await benchInference(readOptions([]), (line) => console.error(line))
    return [...speeds(report), ...tails(report), ...costs(report), ...honesty(report)]
  },
}

function speeds({ samples }: BenchReport): readonly Finding[] {
  const figures = figuresOf(samples)
  return kinds.flatMap((kind) =>
    Object.entries(wanted[kind]).map(([clients, { must, goal }]) => {
      const { ours = 0, peer = 0, ratio = 0 } = figures[kind][clients] ?? {}
      const share = `${((ratio / goal) * 100).toFixed(0)} % of the goal ${goal}x`
      const fact = `${kind} at ${clients}: ${ours.toFixed(0)}/s to ${peer.toFixed(0)}/s = ${ratio.toFixed(2)}x (must ${must}x; ${share})`
      return { fact, holds: ratio >= must }
    }),
  )
}

function tails({ samples }: BenchReport): readonly Finding[] {
  return kinds.map((kind) => {
    const place = { server: 'ours', kind, clients: 8 } as const
    const over = medianOf(samples, place, ({ p50Ms, p99Ms }) => p99Ms / p50Ms)
    return { fact: `${kind} at 8: p99 ${over.toFixed(1)} x p50`, holds: over <= limits.p99OverP50 }
  })
}

function costs(report: BenchReport): readonly Finding[] {
  const share = mostMb(report, 'ours') / mostMb(report, 'peer')
  const sizes = `${mostMb(report, 'ours').toFixed(0)} MB to ${mostMb(report, 'peer').toFixed(0)} MB`
  return [
    { fact: `memory ${share.toFixed(2)} of the peer's (${sizes})`, holds: share <= limits.memoryShare },
    {
      fact: `idle ${report.idlePercent.toFixed(2)} % of a core`,
      holds: report.idlePercent < limits.idlePercent,
    },
  ]
}

/** Whether the comparison may be believed. */
function honesty(report: BenchReport): readonly Finding[] {
  const { agreement, loop } = report
  const over = peerAlone(report) / loop.whole
  return [
    {
      fact: `same best_legal ${agreement.sameBestLegal}/${agreement.asked}, topk ${agreement.sameTopk}/${agreement.asked}`,
      holds: agreement.sameBestLegal === agreement.asked,
    },
    {
      fact: `peer alone ${over.toFixed(2)} x a bare torch loop (${loop.whole.toFixed(1)} ms; ${availableParallelism()} cores)`,
      holds: over <= limits.peerOverLoop,
    },
  ]
}
