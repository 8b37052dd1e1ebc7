import { formatBytes } from '../../services/artifacts/format-bytes.ts'
import type { Call } from './call.ts'
import { exitCodes } from './exit-codes.ts'
import { since } from './since.ts'
import { table } from './table.ts'
import { harmless } from './terminal.ts'

interface Amount {
  readonly files: number
  readonly bytes: number
}
interface PassedOver {
  readonly path: string
  readonly reason: string
}

/** What GET /artifacts says, as far as it is shown. */
export interface ArtifactsAnswer {
  readonly activity: string
  readonly reason?: string
  readonly repo?: { readonly url: string; readonly user: string; readonly private: boolean }
  readonly warnings?: readonly string[]
  readonly safe?: Amount
  readonly pending?: Amount & {
    readonly next: readonly {
      readonly path: string
      readonly state: string
      readonly bytes_sent: number
      readonly bytes_total: number
      readonly note?: string
    }[]
  }
  readonly refused?: { readonly files: number; readonly some: readonly PassedOver[] }
  readonly unmatched?: { readonly files: number; readonly some: readonly string[] }
  readonly parts_missing?: { readonly files: number; readonly some: readonly PassedOver[] }
  readonly unreadable?: readonly PassedOver[]
  readonly last_commit?: { readonly url: string; readonly at: string; readonly files: number } | null
  readonly last_problem?: { readonly text: string; readonly at: string } | null
  readonly uploader?: { readonly pid: number; readonly rss_bytes?: number }
  readonly flushes: readonly Flush[]
}

/** A flush as POST /artifacts/flush answers and GET /artifacts lists it. */
export interface Flush {
  readonly id: number
  readonly done: boolean
  readonly left_files?: number
  readonly left_bytes?: number
  readonly left?: readonly string[]
  readonly reason?: string
}

/** Prints what is safe, what is not yet and what is refused. */
export async function artifacts({ options, terminal, connect }: Call): Promise<number> {
  const answer = (await (await connect()).get('/artifacts')) as ArtifactsAnswer // both ends are of one version
  if (options.json) terminal.out(JSON.stringify(answer, null, 2))
  else for (const line of artifactLines(answer, Date.now())) terminal.out(harmless(line))
  return exitCodes.true
}

/** The state of uploads as lines of text. Pure. */
export function artifactLines(answer: ArtifactsAnswer, now: number): readonly string[] {
  const { repo, safe, pending, refused, unmatched = none, parts_missing: parts = none } = answer
  const { unreadable = [], uploader } = answer
  if (!safe || !pending || !refused) return [headline(answer)]
  const { rss_bytes: rss } = uploader ?? {}
  return [
    headline(answer),
    ...(repo ? [`repository: ${repo.url} (${repo.private ? 'private' : 'PUBLIC'}), as ${repo.user}`] : []),
    `safe: ${amount(safe)}; not yet: ${amount(pending)}; refused: ${refused.files}`,
    ...lastLines(answer, now),
    ...(rss === undefined ? [] : [`uploader: pid ${uploader?.pid}, ${formatBytes(rss)} of memory`]),
    ...(answer.warnings ?? []).map((text) => `warning: ${text}`),
    ...nextLines(pending),
    ...namedLines('refused:', refused.some, refused.files),
    ...unmatchedLines(unmatched),
    ...namedLines('without a part:', parts.some, parts.files),
    ...namedLines('cannot be read:', unreadable, unreadable.length),
  ]
}

const none = { files: 0, some: [] }

function headline(answer: ArtifactsAnswer): string {
  const { activity, reason, pending, refused, unmatched = none } = answer
  const { parts_missing: parts = none, unreadable = [] } = answer
  if (reason !== undefined) return `off: ${reason}`
  if (activity !== 'clean' || pending?.files !== 0) return activity
  const stays = unmatched.files + (refused?.files ?? 0)
  if (stays === 0 && unreadable.length > 0) return 'clean: all that can be read is safe'
  if (stays === 0 && parts.files > 0) return 'clean: all that is there is safe, but parts are missing'
  if (stays === 0) return 'clean: everything is safe'
  return `clean: all that can go up is safe; ${stays} ${stays === 1 ? 'file stays' : 'files stay'} in the pod only`
}

/** What the patterns leave out, by name. Pure. */
export function unmatchedLines({
  files,
  some,
}: NonNullable<ArtifactsAnswer['unmatched']>): readonly string[] {
  if (files === 0) return []
  return [
    'no pattern of HF_SYNC_PATTERNS names these; add one, or take them out with one that begins with !:',
    ...some.map((path) => `  ${path}`),
    ...(files > some.length ? [`  and ${files - some.length} more`] : []),
  ]
}

function lastLines({ last_commit: commit, last_problem: problem, activity }: ArtifactsAnswer, now: number) {
  const isOver = activity === 'clean'
  return [
    ...(commit ? [`last commit: ${since(Date.parse(commit.at), now)} ago, ${commit.url}`] : []),
    ...(problem && !isOver
      ? [`last problem: ${since(Date.parse(problem.at), now)} ago: ${problem.text}`]
      : []),
  ]
}

function nextLines({ next, files }: NonNullable<ArtifactsAnswer['pending']>): readonly string[] {
  if (next.length === 0) return []
  const rows = next.map(({ path, state, bytes_sent: sent, bytes_total: total, note }) => [
    state,
    sent > 0 ? `${formatBytes(sent)} of ${formatBytes(total)}` : formatBytes(total),
    note === undefined ? path : `${path} (${note})`,
  ])
  return ['', ...table([['STATE', 'SIZE', 'FILE'], ...rows]), ...more(files - next.length)]
}

function namedLines(title: string, some: readonly PassedOver[], files: number): readonly string[] {
  if (some.length === 0) return []
  return ['', title, ...some.map(({ path, reason }) => `  ${path}: ${reason}`), ...more(files - some.length)]
}

const more = (count: number) => (count > 0 ? [`  and ${count} more`] : [])
const amount = ({ files, bytes }: Amount) =>
  `${files} ${files === 1 ? 'file' : 'files'}, ${formatBytes(bytes)}`
