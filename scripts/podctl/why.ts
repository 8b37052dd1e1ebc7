import type { AutostopAnswer, JournalAnswer } from './autostop-answer.ts'
import type { Call } from './call.ts'
import { type Client, detailOf } from './client.ts'
import { dryRunLines } from './dry-run-lines.ts'
import { exitCodes } from './exit-codes.ts'
import { harmless } from './terminal.ts'
import { whyLines } from './why-lines.ts'

const entries = 1000

/** Prints why the pod still runs, when it would stop, and why it stopped; with --dry-run when it would have stopped. */
export async function why({ options, terminal, connect }: Call): Promise<number> {
  const podmate = await connect()
  const answer = (await podmate.get('/autostop?look=1')) as AutostopAnswer // both ends are of one version
  const { journal, problem } = await journalOf(podmate)
  const lines = options['dry-run'] ? dryRunLines : whyLines
  if (options.json) terminal.out(JSON.stringify({ ...answer, journal }, null, 2))
  else for (const line of lines(answer, journal, Date.now())) terminal.out(harmless(line))
  if (problem !== undefined) terminal.err(`The journal cannot be read: ${problem}`)
  return exitCodes.true
}

/** The volume with the journal may be away: what is true now is told all the same. */
async function journalOf(podmate: Client): Promise<{ journal: JournalAnswer['entries']; problem?: string }> {
  const answer = await podmate.request('GET', `/autostop/journal?last=${entries}`)
  if (answer.status !== 200) return { journal: [], problem: detailOf(answer) }
  const { entries: journal } = answer.body as JournalAnswer // likewise
  return { journal }
}
