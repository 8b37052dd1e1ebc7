import { type BenchReport, formName } from './bench-inference.ts'
import { figureLines, figuresOf, medianOf } from './figures.ts'

/** The report for people. */
export function reportLines(report: BenchReport): readonly string[] {
  const { form, loop, agreement, samples, idlePercent } = report
  const { asked, sameBestLegal, sameTopk } = agreement
  return [
    ...figureLines(samples),
    ...ratioLines(report),
    ...ceilingLines(report),
    `same answers: best_legal ${sameBestLegal}/${asked}, topk ${sameTopk}/${asked}`,
    `${formName(form)}, 1 client: p50 ${ms(peerAlone(report))}; bare torch loop ${ms(loop.whole)} (network alone ${ms(loop.network)}): ${(peerAlone(report) / loop.whole).toFixed(2)}x`,
    `memory (most seen): ours ${mostMb(report, 'ours').toFixed(0)} MB, peer ${mostMb(report, 'peer').toFixed(0)} MB`,
    `idle: ${idlePercent.toFixed(2)} % of a core`,
  ]
}

/** Milliseconds of the peer's answer to one client; must be near the bare loop's. */
export function peerAlone({ samples }: BenchReport): number {
  const clients = Math.min(...samples.map((sample) => sample.clients))
  return medianOf(samples, { server: 'peer', kind: 'independent', clients }, (sample) => sample.p50Ms)
}

/** The most memory that a server's process tree was seen to have. */
export function mostMb({ samples }: BenchReport, server: 'ours' | 'peer'): number {
  return Math.max(...samples.filter((sample) => sample.server === server).map(({ treeMb }) => treeMb))
}

function ratioLines({ samples, bare }: BenchReport): readonly string[] {
  const { independent, growing } = figuresOf(samples, bare)
  return Object.entries({ independent, growing }).map(([kind, speeds]) => {
    const ratios = Object.entries(speeds).map(([clients, { ratio }]) => `${ratio.toFixed(2)}x at ${clients}`)
    return `${kind}: ${ratios.join(', ')} (clients)`
  })
}

/** How near ours comes to what the machine could do with the network alone. */
function ceilingLines({ samples, bare }: BenchReport): readonly string[] {
  return Object.entries(figuresOf(samples, bare).ceiling).map(
    ([clients, { ours, bare: most, share }]) =>
      `share of the ceiling, ${clients} clients: ours ${ours.toFixed(0)}/s of ${most.toFixed(0)}/s of bare onnxruntime: ${(share * 100).toFixed(0)} %`,
  )
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`
}
