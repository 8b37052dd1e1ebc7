import type { AutostopAnswer, JournalAnswer } from './autostop-answer.ts'
import { endLine, journalTable } from './why-lines.ts'

const shownEntries = 20

/** When the pod would stop and would have stopped, as lines of text. Pure. */
export function dryRunLines(
  answer: AutostopAnswer,
  journal: JournalAnswer['entries'],
  now: number,
): readonly string[] {
  if (answer.verdict === 'off') return [answer.why]
  const would = journal.filter(({ event }) => event === 'dry-run')
  return [
    answer.dry_run
      ? 'AUTOSTOP_ACTION is none: this pod never stops itself, and says when it would have.'
      : `AUTOSTOP_ACTION is ${answer.action}: this pod really stops. none makes it only say when it would have.`,
    answer.why,
    endLine(answer, now),
    '',
    ...(would.length === 0
      ? ['So far it would not have stopped.']
      : ['It would have stopped:', ...journalTable(would.slice(-shownEntries))]),
  ]
}
