import { median } from '../../accept/median.ts'
import type { Bare } from './ceiling.ts'
import type { Sample } from './rounds.ts'
import { type Kind, kinds } from './script-source.ts'
import type { Server } from './server.ts'

/** Requests per second (medians of the rounds), and how many times as fast ours is. */
export interface Speed {
  readonly ours: number
  readonly peer: number
  readonly ratio: number
}

/** Requests per second of ours with independent contexts, rows per second of bare onnxruntime, and which share of it ours is. */
export interface Share {
  readonly ours: number
  readonly bare: number
  readonly share: number
}

/** Bare onnxruntime, once, in its best arrangement for batches of so many clients. */
export interface BareSample extends Bare {
  readonly clients: number
}

/** What --json prints, by the number of clients. */
export type Figures = Readonly<Record<Kind, Readonly<Record<string, Speed>>>> & {
  readonly ceiling: Readonly<Record<string, Share>>
}

export function figuresOf(samples: readonly Sample[], bare: readonly BareSample[]): Figures {
  const byClients = (kind: Kind) => {
    const counts = new Set(samples.map(({ clients }) => clients))
    return Object.fromEntries([...counts].map((clients) => [`${clients}`, speedOf(samples, kind, clients)]))
  }
  return {
    independent: byClients('independent'),
    growing: byClients('growing'),
    ceiling: sharesOf(samples, bare),
  }
}

function sharesOf(samples: readonly Sample[], bare: readonly BareSample[]): Figures['ceiling'] {
  const counts = [...new Set(bare.map(({ clients }) => clients))]
  return Object.fromEntries(
    counts.map((clients) => {
      const place = { server: 'ours', kind: 'independent', clients } as const
      const ours = medianOf(samples, place, (sample) => sample.perSecond)
      const most = median(bare.filter((one) => one.clients === clients).map(({ perSecond }) => perSecond))
      return [`${clients}`, { ours: rounded(ours), bare: rounded(most), share: rounded(ours / most) }]
    }),
  )
}

function speedOf(samples: readonly Sample[], kind: Kind, clients: number): Speed {
  const rate = (server: Server['name']) =>
    medianOf(samples, { server, kind, clients }, (sample) => sample.perSecond)
  const ours = rate('ours')
  const peer = rate('peer')
  return { ours: rounded(ours), peer: rounded(peer), ratio: rounded(ours / peer) }
}

/** The median of one figure over the rounds of one server, kind and number of clients. */
export function medianOf(
  samples: readonly Sample[],
  { server, kind, clients }: Pick<Sample, 'server' | 'kind' | 'clients'>,
  figure: (sample: Sample) => number,
): number {
  const fitting = samples.filter(
    (sample) => sample.server === server && sample.kind === kind && sample.clients === clients,
  )
  return median(fitting.map(figure))
}

/** One line for people on each server, kind and number of clients. */
export function figureLines(samples: readonly Sample[]): readonly string[] {
  return kinds.flatMap((kind) =>
    [...new Set(samples.map(({ clients }) => clients))].flatMap((clients) =>
      (['ours', 'peer'] as const).map((server) => lineOf(samples, { server, kind, clients })),
    ),
  )
}

function lineOf(samples: readonly Sample[], place: Pick<Sample, 'server' | 'kind' | 'clients'>): string {
  const of = (figure: (sample: Sample) => number) => medianOf(samples, place, figure)
  const { kind, clients, server } = place
  const words = [
    `${of((sample) => sample.perSecond).toFixed(0)}/s`,
    `p50 ${of((sample) => sample.p50Ms).toFixed(1)} ms`,
    `p99 ${of((sample) => sample.p99Ms).toFixed(1)} ms`,
    `${of((sample) => sample.cpuMsPerAnswer).toFixed(2)} ms of CPU each`,
    `${of((sample) => sample.treeMb).toFixed(0)} MB`,
    `clients ${of((sample) => sample.clientPercent).toFixed(0)} % of a core`,
  ]
  return `${kind.padEnd(11)} ${`${clients}`.padStart(3)} ${server}: ${words.join(', ')}`
}

function rounded(number: number): number {
  return Number(number.toPrecision(4))
}
