import { resolve } from 'node:path'
import type { PodStatus, State } from '../../supervisor/status.ts'
import { becomesTrue } from './becomes-true.ts'
import type { Call } from './call.ts'
import { type Client, detailOf } from './client.ts'
import { exitCodes, PodctlError } from './exit-codes.ts'
import { since } from './since.ts'
import { table } from './table.ts'

interface Quality {
  readonly top1?: number
  readonly val_loss?: number
}

/** What GET /models says, as far as it is shown. */
export interface Models {
  readonly serving: {
    readonly model_path: string
    readonly generation: number
    readonly device: string
    readonly quality: Quality | null
  } | null
  readonly reason?: string
  readonly following: 'latest' | 'file' | 'pinned'
  readonly previous: string | null
  readonly candidates: readonly {
    readonly path: string
    readonly bytes: number
    readonly mtime: string
    readonly quality: Quality | null
    readonly serving: boolean
  }[]
  readonly rejected: readonly { readonly path: string; readonly reason: string }[]
}

const usage = 'podctl model takes list, use PATH, use latest or rollback'
const lateMs = 60_000
/** A service in one of these takes no wish before somebody starts it. */
const resting: readonly (State | undefined)[] = ['disabled', 'blocked', 'stopped', 'failed', undefined]

/** `podctl model list`, `use PATH`, `use latest` and `rollback`: waits until it is so, else says why it is not. */
export async function model({ positionals, terminal, connect }: Call): Promise<number> {
  const [action, path] = positionals
  const wish = wishOf(action, path)
  const podmate = await connect()
  if (wish === undefined) {
    for (const line of modelLines(await modelsOf(podmate), Date.now())) terminal.out(line)
    return exitCodes.true
  }
  const before = await modelsOf(podmate)
  const answer = await podmate.request('POST', wish.route, wish.body)
  if (
    answer.status !== 200 &&
    !(answer.status === 503 && (await cameTrue(podmate, wish.body.path, before)))
  ) {
    terminal.err(detailOf(answer))
    return exitCodes.notTrue
  }
  terminal.out(headline(await modelsOf(podmate)))
  return exitCodes.true
}

interface Wish {
  readonly route: string
  readonly body: { readonly path?: string }
}

function wishOf(action: string | undefined, path: string | undefined): Wish | undefined {
  if (action === 'list' && path === undefined) return undefined
  if (action === 'rollback' && path === undefined) return { route: '/model/rollback', body: {} }
  if (action !== 'use' || path === undefined) throw new PodctlError(exitCodes.usage, `${usage}.`)
  return { route: '/model', body: { path: path === 'latest' ? path : resolve(path) } }
}

/** A large model takes longer than a proxy waits: then what is served says whether it came. */
async function cameTrue(podmate: Client, path: string | undefined, before: Models): Promise<boolean> {
  const { services } = (await podmate.get('/status')) as PodStatus // as below
  if (resting.includes(services.inference?.state)) return false
  const wanted = path ?? before.previous
  return becomesTrue(async () => {
    const { serving, following } = await modelsOf(podmate)
    if (serving === null) return false
    return wanted === 'latest' ? following === 'latest' : serving.model_path === wanted
  }, lateMs)
}

async function modelsOf(podmate: Client): Promise<Models> {
  return (await podmate.get('/models')) as Models // both ends are of one version
}

/** The models as lines of text. Pure. */
export function modelLines(models: Models, now: number): readonly string[] {
  const rows = models.candidates.map(({ path, bytes, mtime, quality, serving }) => [
    serving ? '*' : '',
    `${(bytes / 1e6).toFixed(1)} MB`,
    `${since(Date.parse(mtime), now)} ago`,
    qualityWords(quality) || '-',
    path,
  ])
  return [
    headline(models),
    ...(models.previous === null ? [] : [`before it: ${models.previous}`]),
    ...(rows.length === 0 ? [] : ['', ...table([['', 'SIZE', 'WRITTEN', 'QUALITY', 'MODEL'], ...rows])]),
    ...(models.rejected.length === 0 ? [] : ['', 'not served:']),
    ...models.rejected.map(({ path, reason }) => `  ${path}: ${reason}`),
  ]
}

const followings = {
  latest: 'the newest is followed',
  file: 'INFERENCE_API_MODEL_PATH is followed',
  pinned: 'pinned: `podctl model use latest` follows the newest again',
} as const

function headline({ serving, reason, following }: Models): string {
  if (serving === null) return `no model is served: ${reason ?? 'inference is starting'}`
  const { model_path, generation, device, quality } = serving
  const facts = [`generation ${generation}`, device, qualityWords(quality)].filter((fact) => fact !== '')
  return `serving ${model_path} (${facts.join(', ')}); ${followings[following]}`
}

/** `15.8 % top-1, loss 3.45`; empty when nothing is known. */
function qualityWords(quality: Quality | null): string {
  const { top1, val_loss } = quality ?? {}
  return [
    ...(top1 === undefined ? [] : [`${(100 * top1).toFixed(1)} % top-1`]),
    ...(val_loss === undefined ? [] : [`loss ${val_loss.toFixed(2)}`]),
  ].join(', ')
}
