import { closeSync, constants, openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { hasInEnvironment } from '../../../supervisor/process-table.ts'
import { markOf } from '../../../supervisor/process-tree.ts'
import { ownsContainer } from '../../../supervisor/sweep.ts'

/**
 * Shows a line at every terminal of the pod: SSH sessions and those of JupyterLab. One that is not read (Ctrl-S, a
 * connection that is dead) is passed over and never waited for. Gives how many were told.
 */
export function tellTerminals(text: string): number {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ')
  return openTerminals().filter((path) => isTold(path, `\r\n\x07*** podmate: ${line} ***\r\n`)).length
}

/** `wall` is no help: it may be missing in the image, and it knows only whom `login` has written down. */
function openTerminals(): readonly string[] {
  const isOurs = ownsContainer() ? () => true : carriesOurMark()
  const numbers = new Set<number>()
  for (const { pid, terminal } of processesAtTerminals())
    if (!numbers.has(terminal) && isOurs(pid)) numbers.add(terminal)
  return [...numbers].map((number) => `/dev/pts/${number}`)
}

/** Where other people's programs run beside the pod, their terminals are none of ours. */
function carriesOurMark(): (pid: number) => boolean {
  const instance = markOf('').PODMATE_MARK
  const isMark = (text: string) => text.startsWith('PODMATE_MARK=') && text.endsWith(instance)
  return (pid) => hasInEnvironment(pid, isMark)
}

function processesAtTerminals(): readonly { readonly pid: number; readonly terminal: number }[] {
  const names = tried(() => readdirSync('/proc')) ?? []
  return names
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const stat = tried(() => readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? ''
      const terminal = terminalIn(stat)
      return terminal === undefined ? [] : [{ pid: Number(pid), terminal }]
    })
}

/** The number of the pseudo-terminal that a line of /proc/<pid>/stat names; undefined: another one, or none. Pure. */
export function terminalIn(stat: string): number | undefined {
  // The command is in brackets and may itself contain brackets and spaces.
  const device = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[4])
  const major = (device >> 8) & 0xfff
  const minor = (device & 0xff) | ((device >> 12) & 0xfff00)
  return major >= firstMajor && major <= lastMajor ? (major - firstMajor) * 256 + minor : undefined
}
const [firstMajor, lastMajor] = [136, 143]

function isTold(path: string, text: string): boolean {
  const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants
  const file = tried(() => openSync(path, O_WRONLY | O_NONBLOCK | O_NOCTTY))
  if (file === undefined) return false
  const written = tried(() => writeSync(file, text))
  closeSync(file)
  return written !== undefined
}

/** Undefined when it fails: what is gone meanwhile, not ours or full does not matter here. */
function tried<T>(job: () => T): T | undefined {
  try {
    return job()
  } catch {
    return undefined
  }
}
