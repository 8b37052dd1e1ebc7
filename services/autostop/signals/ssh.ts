import type { ProcessEntry } from '../../../supervisor/process-table.ts'
import type { Reading, Signal } from '../signal.ts'
import { active, counted, later, quiet } from './evidence.ts'
import { guarded } from './guarded.ts'
import type { Snapshot } from './process-snapshot.ts'
import { commandLineOf, connectionTitle, isSshd } from './sshd-process.ts'
import type { TerminalUse } from './terminal-clock.ts'
import { Transfers } from './transfers.ts'

export interface SshOptions {
  readonly snapshot: (nowMs: number) => Snapshot | undefined
  /** The terminals of users, those of Jupyter apart. */
  readonly terminals: (nowMs: number) => readonly TerminalUse[]
  readonly recentMs: number
  /** Transfers and work are measured over so long, or longer. */
  readonly leastMs: number
}

/** From this share of a core on, what users left running is at work. */
export const workCores = 0.2

/**
 * Active when somebody typed on a terminal (its output counts for at most 2 h after that), while files are copied, and
 * while commands that came by SSH use at least a fifth of a core, with or without a terminal (`ssh pod python train.py`,
 * a tmux that was left). A tunnel and a connection that is dead are quiet.
 */
export function sshSignal({ snapshot, terminals, recentMs, leastMs }: SshOptions): Signal {
  const transfers = new Transfers(leastMs)
  let lastMs: number | undefined
  return guarded('ssh', (nowMs): Reading => {
    const found = snapshot(nowMs)
    const used = terminals(nowMs)
    const latest = used.toSorted((one, other) => other.lastMs - one.lastMs)[0]
    lastMs = later(lastMs, latest?.lastMs)
    if (!found) return quiet(lastMs, 'there is no process table here')
    const connections = connectionsOf(found.processes)
    const { atMs, moving, still } = transfers.look(found, sftpInside(connections), nowMs)
    const work = found.workOf('sshd')
    if (latest && nowMs - latest.lastMs <= recentMs) return active(latest.lastMs, latest.evidence)
    if (moving !== undefined) return active(atMs, moving)
    if (work.cores >= workCores)
      return active(
        work.atMs,
        `${work.most} and others that came by SSH use ${percent(work.cores)} of a core`,
      )
    return quiet(lastMs, latest?.evidence ?? idleText(connections.size, still))
  })
}

/** Titles of the connections that have logged in, by pid. */
function connectionsOf(processes: readonly ProcessEntry[]): ReadonlyMap<number, string> {
  const titles = processes
    .filter(isSshd)
    .map(({ pid }): [number, string | undefined] => [pid, connectionTitle(commandLineOf(pid))])
  return new Map(titles.flatMap(([pid, title]) => (title === undefined ? [] : [[pid, title]])))
}

/** An sshd may serve sftp by itself. */
function sftpInside(connections: ReadonlyMap<number, string>): ReadonlySet<number> {
  return new Set([...connections].flatMap(([pid, title]) => (title.endsWith('@internal-sftp') ? [pid] : [])))
}

function idleText(connections: number, still: number): string {
  const tunnels =
    connections === 0 ? 'nobody is connected' : `no terminal; ${counted(connections, 'idle connection')}`
  return still === 0 ? tunnels : `${tunnels}, ${counted(still, 'transfer')} that moves nothing`
}

const percent = (cores: number) => `${Math.round(cores * 100)} %`
