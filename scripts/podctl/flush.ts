import { formatBytes } from '../../services/artifacts/format-bytes.ts'
import { type ArtifactsAnswer, type Flush, unmatchedLines } from './artifacts.ts'
import { becomesTrue } from './becomes-true.ts'
import type { Call } from './call.ts'
import { type Client, detailOf } from './client.ts'
import { exitCodes, PodctlError } from './exit-codes.ts'
import { harmless } from './terminal.ts'

const longestSeconds = 86_400
/** After its deadline a flush only has to answer. */
const lateMs = 10_000

/** Uploads all that can go up now; names what is left. */
export async function flush({ options, terminal, connect }: Call): Promise<number> {
  const seconds = deadlineOf(options.deadline)
  const podmate = await connect()
  const body = seconds === undefined ? {} : { deadline_seconds: seconds }
  const answer = await podmate.request('POST', '/artifacts/flush', body)
  if (answer.status !== 200 && answer.status !== 202) {
    terminal.err(detailOf(answer))
    return exitCodes.notTrue
  }
  const asked = answer.body as Flush // both ends are of one version
  const patienceMs = (seconds ?? longestSeconds) * 1000 + lateMs
  const came = asked.done ? asked : await outcome(podmate, asked, patienceMs)
  const { refused, unmatched, parts_missing: parts } = (await podmate.get('/artifacts')) as ArtifactsAnswer // likewise
  for (const line of leftLines(came)) terminal.err(harmless(line))
  if (came.left_files !== 0) return exitCodes.notTrue
  terminal.out('Everything that can go up is on the Hub.')
  if (refused && refused.files > 0)
    terminal.err(`${refused.files} refused: \`podctl artifacts\` names them, with the reasons`)
  for (const { path, reason } of parts?.some ?? []) terminal.err(harmless(`${path}: ${reason}`))
  for (const line of unmatched ? unmatchedLines(unmatched) : []) terminal.err(harmless(line))
  return parts && parts.files > 0 ? exitCodes.notTrue : exitCodes.true
}

function deadlineOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const seconds = Number(text)
  if (/^\d+(\.\d+)?$/.test(text) && seconds <= longestSeconds) return seconds
  throw new PodctlError(
    exitCodes.usage,
    `--deadline must be a number of seconds up to ${longestSeconds}, not ${text}.`,
  )
}

/** A flush that takes longer than a proxy waits is asked for again and again. */
async function outcome(podmate: Client, asked: Flush, patienceMs: number): Promise<Flush> {
  let last = asked
  await becomesTrue(async () => {
    const { flushes } = (await podmate.get('/artifacts')) as ArtifactsAnswer // likewise
    last = flushes.find(({ id }) => id === asked.id) ?? last
    return last.done
  }, patienceMs)
  return last
}

/** What a flush has left, in lines; none when nothing is. Pure. */
export function leftLines({ done, left_files: files = 0, left_bytes: bytes = 0, left = [], reason }: Flush) {
  if (!done) return ['The flush has not come to an end; `podctl artifacts` shows how far it is.']
  if (files === 0) return []
  const why = reason === undefined ? '' : ` (${reason})`
  const rest = files - left.length
  return [
    `${files} ${files === 1 ? 'file is' : 'files are'} not on the Hub, ${formatBytes(bytes)}${why}:`,
    ...left.map((path) => `  ${path}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ]
}
