import { availableParallelism } from 'node:os'
import { type BenchReport, benchInference } from '../../bench/inference/bench-inference.ts'
import { figuresOf, medianOf } from '../../bench/inference/figures.ts'
import { readOptions } from '../../bench/inference/options.ts'
import { mostMb, peerAlone } from '../../bench/inference/report-lines.ts'
import { kinds } from '../../bench/inference/script-source.ts'
import type { Finding, Line } from '../line.ts'

/** Times as fast as the peer with growing games: what must be, and what is wished for. */
const wanted: Readonly<Record<string, { readonly must: number; readonly goal: number }>> = {
  1: { must: 5, goal: 10 },
  8: { must: 8, goal: 20 },
  32: { must: 8, goal: 40 },
}
/** Of bare onnxruntime, with independent contexts. */
const wantedShare = { clients: 32, must: 0.7, goal: 0.85 }
const limits = { memoryShare: 0.6, p99OverP50: 4, idlePercent: 1, peerOverLoop: 1.5 }

/** Behaviour 70, at full size: `npm run bench -- inference`, judged. */
export const load: Line = {
  title: 'load',
  async check() {
    const report = await benchInference(readOptions([]), (line) => console.error(line))
    return [...speeds(report), ...tails(report), ...costs(report), ...honesty(report)]
  },
}

function speeds({ samples, bare }: BenchReport): readonly Finding[] {
  const { independent, growing, ceiling } = figuresOf(samples, bare)
  const { ours = 0, bare: most = 0, share = 0 } = ceiling[wantedShare.clients] ?? {}
  const percent = (part: number) => `${(part * 100).toFixed(0)} %`
  return [
    {
      fact: `independent at ${wantedShare.clients}: ${ours.toFixed(0)}/s of ${most.toFixed(0)}/s of bare onnxruntime = ${percent(share)} (must ${percent(wantedShare.must)}, goal ${percent(wantedShare.goal)})`,
      holds: share >= wantedShare.must,
    },
    ...Object.entries(independent).map(([clients, { ours: rate, peer, ratio }]) => ({
      fact: `independent at ${clients}: ${rate.toFixed(0)}/s to ${peer.toFixed(0)}/s = ${ratio.toFixed(2)}x (told)`,
      holds: true,
    })),
    ...Object.entries(wanted).map(([clients, { must, goal }]) => {
      const { ours: rate = 0, peer = 0, ratio = 0 } = growing[clients] ?? {}
      const fact = `growing at ${clients}: ${rate.toFixed(0)}/s to ${peer.toFixed(0)}/s = ${ratio.toFixed(2)}x (must ${must}x, goal ${goal}x)`
      return { fact, holds: ratio >= must }
    }),
  ]
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
