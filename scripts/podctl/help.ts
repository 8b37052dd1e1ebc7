import { stateMeanings } from '../../supervisor/state-meanings.ts'
import { commands } from './commands.ts'
import { optionTexts } from './option-texts.ts'
import { table } from './table.ts'

/** The text of `podctl help`, made from the table of commands. Pure. */
export function help(): string {
  const rows = Object.entries(commands).map(([name, { takes, options = [], does }]) => {
    const usage = [name, takes ?? '', ...options.map((option) => `[${optionTexts[option]}]`)]
    return [`  ${usage.filter((word) => word !== '').join(' ')}`, does]
  })
  return `podctl steers the podmate of this machine.

Usage: podctl <command>

${table(rows).join('\n')}
  help, --version

Options:
  --force        also what could lock you out (stopping sshd or http)
  --json         as JSON; events: one object per line
  -n N           so many lines, at most 1000
  --deadline S   seconds that a flush may take; without it FLUSH_DEADLINE_SECONDS
  --why TEXT     what the pod is held for, shown to whoever asks why it runs
  --dry-run      when it would have stopped, also with AUTOSTOP_ACTION=none
  --url ADDRESS  the podmate at this address, as \`podctl url\` printed it there
  --token TOKEN  its token, unless it is in the address or in PODMATE_TOKEN

The podmate of this machine is found by POD_STATE_DIR (default: .podmate in the repository), or named by
PODMATE_SOCKET.

States:
${table(Object.entries(stateMeanings).map(([state, meaning]) => [`  ${state}`, meaning])).join('\n')}

Exit codes: 0 it is so; 1 it is not so; 2 wrong usage; 3 no podmate answers; 78 (check) the configuration is wrong.
`
}
